import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Event } from '../../../lib/documents/event.js';
import { run } from '../../../lib/run/run.js';
import { serverKinds } from '../../sandbox/index.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { altersOf, columnsOf, makeBigTable } from '../../support/big-table.js';
import { deadScratch } from '../../support/leftovers.js';
import { requestFor } from '../../support/request.js';
import { asItWas, asPlanned } from '../../support/texts.js';

/** Budgets within which everything is done directly. */
const patient = { strategy: 'direct', stallBudgetMs: 3_600_000, directBudgetMs: 3_600_000 } as const;

/** A run that is told to stop at an event, or some time after it. */
function abortable(server: TestServer, sql: string, at: (event: Event) => boolean, afterMs: number) {
  const controller = new AbortController();
  const request = requestFor(server, sql, patient, controller.signal);
  const { emit } = request;
  let abortedAt = Number.NaN;
  request.emit = (event) => {
    emit(event);
    if (!at(event)) return;
    setTimeout(() => {
      abortedAt = performance.now();
      controller.abort();
    }, afterMs);
  };
  return { request, sinceMs: () => performance.now() - abortedAt };
}

const isPhase = (phase: string) => (event: Event) => event.type === 'phase' && event.phase === phase;

async function temporaryTables(schema: Schema): Promise<unknown[]> {
  const rows = await schema.query<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=? AND TABLE_NAME LIKE '#sql%'",
    [schema.name],
  );
  return rows;
}

t.test('told to stop in the middle, it stops, and the table is as it was', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    // MariaDB copies 300,000 rows a second, and cannot be stopped while it builds the indexes afterwards.
    await makeBigTable(schema, 'big', server.kind.startsWith('mariadb') ? 18 : 16);
    let before = await columnsOf(schema, 'big');
    const [count] = await schema.query('SELECT COUNT(*) AS n, SUM(a) AS a FROM big');
    const ways = { inplace: 'ADD COLUMN z INT, FORCE', copy: 'MODIFY a BIGINT NOT NULL' };
    for (const [name, alter] of Object.entries(ways)) {
      const sql = `ALTER TABLE ${schema.name}.big ${alter}`;
      const { request, sinceMs } = abortable(server, sql, isPhase('apply'), 150);
      const { exitCode, statements } = await run(request);
      // It may be too quick for the order on a fast machine: then the truth is that it is done.
      if (server.kind.startsWith('mariadb') && exitCode === 0) {
        t.match(statements, [{ outcome: 'done', reason: { id: 'done-nevertheless' } }], `${name}: too late`);
        before = await columnsOf(schema, 'big');
        continue;
      }
      t.equal(exitCode, 6, `${name}: ${JSON.stringify(statements[0]?.reason)}`);
      t.match(statements, [{ outcome: 'aborted', reason: { id: 'aborted' }, state: asItWas }]);
      t.ok(sinceMs() < 10_000, `${name}: ended ${Math.round(sinceMs())} ms after the order`);
      t.same(await columnsOf(schema, 'big'), before, 'the same columns');
      t.same((await schema.query('SELECT COUNT(*) AS n, SUM(a) AS a FROM big'))[0], count, 'the same rows');
      t.same(await altersOf(schema, 'big'), [], 'no ALTER runs');
      t.same(await temporaryTables(schema), []);
    }
    t.same(await deadScratch(schema), []);
  });
});

t.test('told to stop too late, it says that it is done', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    const controller = new AbortController();
    const request = requestFor(
      server,
      `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`,
      {},
      controller.signal,
    );
    const { emit } = request;
    request.emit = (event) => {
      emit(event);
      if (isPhase('verify')(event)) controller.abort();
    };
    const { exitCode, statements } = await run(request);
    t.equal(exitCode, 0);
    t.match(statements, [{ outcome: 'done', state: asPlanned }]);
    t.same(await columnsOf(schema, 't'), ['id int', 'z int']);
  });
});

t.test('at whatever moment it is told to stop, what it says is so', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeBigTable(schema, 'small', 9);
    const seen = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const sql = `ALTER TABLE ${schema.name}.small ADD COLUMN z${round} INT FIRST, ADD INDEX (z${round})`;
      const { request } = abortable(server, sql, isPhase('apply'), round * 4);
      const { statements } = await run(request);
      const [result] = statements;
      const there = (await columnsOf(schema, 'small')).includes(`z${round} int`);
      const said = result?.outcome === 'done' ? true : result?.outcome === 'aborted' ? false : undefined;
      t.equal(
        said,
        there,
        `round ${round}: ${result?.outcome}, and the column is ${there ? '' : 'not '}there`,
      );
      seen.add(result?.outcome ?? '');
      if (there) await schema.query(`ALTER TABLE small DROP COLUMN z${round}`);
    }
    t.ok(seen.size > 0, [...seen].join(' and '));
  });
});

t.test('told to stop while it waits for the lock, it stops waiting', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    const holder = await schema.connect();
    await holder.query('START TRANSACTION');
    await holder.query('SELECT * FROM t');
    const sql = `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`;
    const { request, sinceMs } = abortable(server, sql, isPhase('apply'), 1_500);
    const { exitCode, statements } = await run(request);
    t.equal(exitCode, 6);
    t.match(statements, [{ outcome: 'aborted', state: asItWas }]);
    t.ok(sinceMs() < 8_000, `${Math.round(sinceMs())} ms`);
    t.same(await altersOf(schema, 't'), []);
    await sleep(300);
    await holder.query('ROLLBACK');
    t.same(await columnsOf(schema, 't'), ['id int']);
  });
});
