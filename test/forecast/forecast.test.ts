import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { rateOf, readWritten } from '../../lib/forecast/forecast.js';
import { recordDuration } from '../../lib/forecast/history.js';
import { plan } from '../../lib/run/run.js';
import type { Settings } from '../../lib/settings/settings.js';
import { doneResult } from '../fixtures/results.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { makeBigTable } from '../support/big-table.js';
import { deadScratch } from '../support/leftovers.js';
import { plannedAlter } from '../support/planned.js';
import { sessionFor } from '../support/probing.js';
import { requestFor, type TestRequest } from '../support/request.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;
const rows = 2 ** 15;
/** So that nothing is refused for what it takes. */
const roomy = { stallBudgetMs: 600_000 };
const checks = { timeMs: 60_000, accept: [], forecast: 'sample' } as const;

async function stateFolder(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'aw-forecast-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Plans a change of the table `t` with a sample. */
function request(
  server: TestServer,
  schema: Schema,
  spec: string,
  stateDir: string,
  { signal, ...changes }: Partial<Settings> & { signal?: AbortSignal } = {},
): TestRequest {
  return requestFor(
    server,
    `ALTER TABLE \`${schema.name}\`.t ${spec}`,
    { checks, stateDir, ...changes },
    signal,
  );
}

const warnings = ({ events }: TestRequest) =>
  events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));

t.test('a sample predicts both ways, says so, and leaves nothing behind', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeBigTable(schema, 't', 15);
    const asked = request(server, schema, 'MODIFY a BIGINT NOT NULL', await stateFolder(t), roomy);
    const { estimate, rejected, ...planned } = plannedAlter(await plan(asked));
    t.equal(planned.class, 'copy');
    t.match(estimate, { rough: false, rows, sampledRows: Number });
    t.ok((estimate.sampledRows ?? 0) > rows / 2 && (estimate.sampledRows ?? 0) <= rows);
    const ways = [estimate.durationMs, ...rejected.map(({ durationMs }) => durationMs)].filter(Boolean);
    t.ok(ways.length >= 2, JSON.stringify({ estimate, rejected }));
    t.ok(
      asked.events.some((event) => event.type === 'phase' && event.text.includes('sample')),
      'it is told that rows are copied',
    );
    t.same(warnings(asked), []);
    t.same(await deadScratch(schema), []);
    const [left] = await schema.query<{ rows: number }>('SELECT COUNT(*) AS `rows` FROM t');
    t.equal(Number(left?.rows), rows);
  });
});

t.test('a sample that is stopped ends at once and leaves nothing behind', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    // So many that the sample lasts beyond the last of these moments.
    await makeBigTable(schema, 't', 18);
    // At the beginning, while rows are copied, and while the change is tried.
    for (const afterMs of [0, 150, 600]) {
      const stop = new AbortController();
      const asked = request(server, schema, 'MODIFY a BIGINT NOT NULL', await stateFolder(t), {
        signal: stop.signal,
      });
      const emit: TestRequest['emit'] = (event) => {
        if (event.type !== 'phase' || !event.text.includes('sample')) return;
        setTimeout(() => stop.abort(new Error('enough')), afterMs);
      };
      const began = performance.now();
      await t.rejects(plan({ ...asked, emit }), { message: 'enough' });
      t.ok(performance.now() - began < 10_000, `stopped after ${afterMs} ms`);
      t.same(await deadScratch(schema), []);
    }
  });
});

t.test('a sample that fails is told, and the rough rates stay', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeBigTable(schema, 't', 15);
    await schema.query('UPDATE t SET a = 5 WHERE id % 1000 = 0');
    // The rows are not asked about it before: then it would be refused, and not sampled at all.
    const unasked = { checks: { ...checks, timeMs: 0 } };
    const asked = request(server, schema, 'ADD UNIQUE INDEX uq (a)', await stateFolder(t), unasked);
    const { estimate } = plannedAlter(await plan(asked));
    t.equal(estimate.rough, true);
    t.equal(estimate.sampledRows, undefined);
    t.match(warnings(asked), [/No sample could be taken.*Duplicate/]);
    t.same(await deadScratch(schema), []);
  });
});

t.test('rows that others hold are waited for no longer than a second', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeBigTable(schema, 't', 15);
    const holder = await schema.connect();
    await holder.query('START TRANSACTION');
    await holder.query('SELECT id FROM t WHERE id BETWEEN 100 AND 200 FOR UPDATE');
    const asked = request(server, schema, 'MODIFY a BIGINT NOT NULL', await stateFolder(t));
    const { estimate } = plannedAlter(await plan(asked));
    await holder.query('ROLLBACK');
    t.equal(estimate.rough, false, 'the rest of the table is sample enough');
    t.same(await deadScratch(schema), []);
  });
});

t.test('what earlier runs took corrects the forecast, and a broken folder ends nothing', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeBigTable(schema, 't', 15);
    const stateDir = await stateFolder(t);
    const direct = { ...roomy, strategy: 'direct' } as const;
    const spec = 'MODIFY a BIGINT NOT NULL';
    const made = await plan(request(server, schema, spec, stateDir, direct));
    const first = plannedAlter(made);
    t.equal(first.strategy, 'copy');
    t.equal(first.estimate.corrected, undefined);
    const { low, high } = first.estimate.durationMs ?? { low: 0, high: 0 };
    for (const factor of [1.9, 1.8, 1.7]) {
      const took = {
        ...doneResult,
        strategy: 'copy',
        attempts: 1,
        durationMs: (factor * (low + high)) / 2,
      } as const;
      t.equal(await recordDuration(first, took, made.server, stateDir), undefined);
    }
    const { estimate } = plannedAlter(await plan(request(server, schema, spec, stateDir, direct)));
    t.same(estimate.corrected, { factor: 1.8, runs: 3 });
    const broken = join(stateDir, 'file');
    await writeFile(broken, 'in the way');
    const without = plannedAlter(await plan(request(server, schema, spec, broken, direct)));
    t.match(without.estimate, { rough: false });
    t.equal(without.estimate.corrected, undefined);
  });
});

t.test('writes to a table are counted by the server, where it counts', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query('CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT)');
    await schema.query('INSERT INTO t (a) VALUES (1)');
    const table = { schema: schema.name, name: 't' };
    const before = await readWritten(session, table);
    await schema.query('INSERT INTO t (a) VALUES (1), (2), (3)');
    await schema.query('UPDATE t SET a = a + 1');
    const after = await readWritten(session, table);
    if (server.kind === 'mysql-9.7') t.equal((after?.rows ?? 0) - (before?.rows ?? 0), 7);
    else t.ok(before === undefined || (after?.rows ?? 0) - before.rows === 7);
    t.equal(await readWritten(session, { ...table, name: 'other' }), undefined);
  });
  t.equal(rateOf({ rows: 100, atMs: 1_000 }, { rows: 600, atMs: 3_000 }), 250);
  t.equal(rateOf({ rows: 100, atMs: 1_000 }, { rows: 600, atMs: 1_100 }), undefined, 'too short a time');
  t.equal(rateOf({ rows: 100, atMs: 1_000 }, { rows: 0, atMs: 3_000 }), undefined, 'set back');
  t.equal(rateOf(undefined, { rows: 0, atMs: 3_000 }), undefined);
});
