import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import type { Process } from '../../lib/mysql/processlist.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { processesOf } from '../support/processes.js';
import { until } from '../support/until.js';
import {
  compareWithTruth,
  fillTable,
  type Load,
  type LoadOptions,
  type LoadTable,
  startLoad,
} from './index.js';

const seed = 20_260;
const agrees = { lost: 0, doubled: 0, different: 0, samples: [] };
const columns: LoadTable['columns'] = [
  { name: 'code', constant: true, value: (_, id) => `C${id}` },
  { name: 'amount', renamedTo: 'total', value: (random) => random.below(1_000_000) },
  { name: 'note', value: (random) => random.pick<string | null>("it's", '', null, 'ünï\\') },
  { name: 'day', value: (random) => `2024-0${1 + random.below(9)}-11` },
];

interface Stage {
  server: TestServer;
  schema: Schema;
  table: LoadTable;
  /** Beside the load. */
  other: Connection;
  start(options?: Partial<LoadOptions>): Promise<Load>;
}

/** A table of 2,000 rows, filled, and a load for it. */
async function stage(t: Test, server: TestServer, key = 'PRIMARY KEY (id)', rows = 2_000): Promise<Stage> {
  const schema = await freshSchema(t, server);
  const table = { schema: schema.name, name: 'orders', columns, rows };
  await schema.query(
    'CREATE TABLE orders (id BIGINT NOT NULL, code VARCHAR(20), amount INT, ' +
      `note VARCHAR(20), day DATE, more INT NOT NULL DEFAULT 7, ${key}) DEFAULT CHARSET utf8mb4`,
  );
  const { host, port, user, password } = server;
  const connection = { host, port, user, password };
  await fillTable({ connection, table, seed });
  const leave = new AbortController();
  t.teardown(() => leave.abort());
  const start = (options = {}) => startLoad({ connection, table, seed, signal: leave.signal, ...options });
  return { server, schema, table, other: await schema.connect(), start };
}

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('what the load wrote is what the table holds', async (t) => {
    const { table, other, start } = await stage(t, server);
    const load = await start({ perSecond: 300 });
    await sleep(1_500);
    const report = await load.stop();
    t.match(report, { failed: 0, errors: {}, missed: [] });
    for (const kind of ['inserts', 'updates', 'deletes', 'transactions'] as const)
      t.ok(report[kind] > 20, kind);
    t.ok(report.committed >= 440, 'at its rate');
    t.ok((report.p50Ms ?? 0) <= (report.p99Ms ?? 0) && (report.p99Ms ?? 0) <= (report.longestStallMs ?? 0));
    const compared = await compareWithTruth(other, table, report);
    t.same(compared, { ...agrees, rows: load.rows });
    t.not(load.rows, 2_000);
  });

  t.test('a row that is lost, too many, changed', async (t) => {
    const { schema, table, other, start } = await stage(t, server, 'KEY (id)');
    const load = await start();
    await sleep(500);
    const report = await load.stop();
    const { truth } = report;
    const [lost = 0, twice = 0, changed = 0] = existing(truth.maxId, (id) => truth.get(id) !== undefined);
    const [deleted = 0] = existing(truth.maxId, (id) => truth.get(id) === undefined);
    await schema.query(`DELETE FROM orders WHERE id=${lost}`);
    await schema.query(`INSERT INTO orders SELECT * FROM orders WHERE id=${twice}`);
    await schema.query(`UPDATE orders SET note='another' WHERE id=${changed}`);
    await schema.query(`INSERT INTO orders (id) VALUES (${deleted}), (${truth.maxId + 30_000}), (-3)`);
    const compared = await compareWithTruth(other, table, report);
    t.match(compared, { lost: 1, doubled: 4, different: 1, rows: truth.rows + 3 });
    const by = (is: string) => compared.samples.filter((sample) => sample.is === is).map(({ id }) => id);
    t.same(by('lost'), [lost]);
    t.same(by('different'), [changed]);
    t.same(new Set(by('doubled')), new Set([-3, twice, deleted, truth.maxId + 30_000]));
  });

  t.test('a row that is gone while the load looks for it is lost, though it was written again', async (t) => {
    const { schema, table, other, start } = await stage(t, server, 'PRIMARY KEY (id)', 40);
    const load = await start();
    await schema.query('DELETE FROM orders WHERE id BETWEEN 10 AND 20');
    await sleep(1_000);
    const report = await load.stop();
    t.ok(report.missed.length > 0);
    t.ok((await compareWithTruth(other, table, report)).lost > 0);
  });

  t.test('a stall is measured from when each write was due', async (t) => {
    const { other, start } = await stage(t, server);
    const load = await start({ writers: 2, perSecond: 100 });
    await sleep(300);
    await load.lap();
    const lockedAt = performance.now();
    await other.query('LOCK TABLES orders WRITE');
    await until('writes stand still', () => load.standingStillMs > 1_500);
    await other.query('UNLOCK TABLES');
    const lappedAt = performance.now();
    const lap = await load.lap();
    const longest = lap.longestStallMs ?? 0;
    t.ok(longest > 1_300 && longest < performance.now() - lockedAt + 100, `the longest is ${longest}`);
    t.ok(lap.writes > 120, 'none that was due meanwhile is left out');
    t.ok((lap.p50Ms ?? 0) > 300, 'and each has waited since then');
    await sleep(500);
    const next = (await load.lap()).longestStallMs ?? 0;
    t.ok(next < performance.now() - lappedAt + 100, 'the next lap starts from zero');
    t.equal((await load.stop()).longestStallMs, Math.max(longest, next));
  });

  t.test('connections that are killed leave no write unaccounted for', async (t) => {
    const { schema, table, other, start } = await stage(t, server);
    const load = await start({ perSecond: 400 });
    let kills = 0;
    const killThem = async () => {
      for (const { id } of await writersOf(schema, server)) {
        await schema.query(`KILL ${id}`).catch(() => undefined); // it may have ended by itself
        kills += 1;
        await sleep(20);
      }
      return kills >= 120;
    };
    await until('writers were killed 120 times', killThem, { limitMs: 60_000, everyMs: 0 });
    const report = await load.stop();
    const { doubts } = report;
    t.ok(doubts.committed + doubts['not-committed'] > 10, JSON.stringify(doubts));
    t.equal(doubts.undecided, 0);
    t.match(await compareWithTruth(other, table, report), agrees);
  });

  t.test('a column changes its type and its name, and the table is away for a moment', async (t) => {
    const { schema, table, other, start } = await stage(t, server);
    const load = await start();
    await schema.query('ALTER TABLE orders MODIFY amount DECIMAL(20,2)');
    await sleep(300);
    await schema.query('ALTER TABLE orders CHANGE amount total BIGINT');
    await sleep(300);
    await schema.query('RENAME TABLE orders TO away');
    await until('writes miss the table', () => load.standingStillMs > 300);
    await schema.query('RENAME TABLE away TO orders');
    await sleep(300);
    const report = await load.stop();
    t.match(report, { failed: 0, errors: { 1054: Number, 1146: Number } });
    t.match(await compareWithTruth(other, table, report), agrees);
  });

  t.test('deadlocks are counted, and tried again', async (t) => {
    const { schema, table, other, start } = await stage(t, server, 'PRIMARY KEY (id)', 24);
    const load = await start({ writers: 2, perSecond: 300 });
    const deadline = performance.now() + 3_000;
    while (performance.now() < deadline) {
      const rows = await schema.query('SELECT id FROM orders ORDER BY id DESC LIMIT 30');
      await other.query('START TRANSACTION');
      for (const { id } of rows) {
        await other.query(`UPDATE orders SET more=more+1 WHERE id=${id}`).catch(unlessDeadlock);
        await sleep(2);
      }
      await other.query('COMMIT');
    }
    const report = await load.stop();
    t.comment(JSON.stringify(report.errors));
    t.match(report, { failed: 0, retries: report.errors[1213] ?? 0 });
    t.match(await compareWithTruth(other, table, report), agrees);
  });

  t.test('an abort abandons what is stuck, and leaves it open how it ended', async (t) => {
    const { table, other, start } = await stage(t, server);
    const abort = new AbortController();
    const load = await start({ signal: abort.signal });
    await sleep(300);
    await other.query('LOCK TABLES orders WRITE');
    await sleep(300);
    const began = performance.now();
    abort.abort();
    const report = await load.stop();
    t.ok(performance.now() - began < 10_000, 'rather than the 180 s that a write may take');
    await other.query('UNLOCK TABLES');
    t.match(await compareWithTruth(other, table, report), agrees);
  });

  t.test('a load on a table that is not there does not begin', async (t) => {
    const { table, start } = await stage(t, server);
    await t.rejects(start({ table: { ...table, name: 'nothing' } }), { message: /doesn't exist/ });
  });
});

function existing(highest: number, wanted: (id: number) => boolean): number[] {
  return Array.from({ length: highest }, (_, i) => i + 1).filter(wanted);
}

/** The load's connections have no default schema, and these tests' own have. */
async function writersOf(schema: Schema, { user }: TestServer): Promise<Process[]> {
  return (await processesOf(schema)).filter(
    (process) =>
      process.user === user &&
      process.schema === undefined &&
      (process.statement === 'COMMIT' || process.statement?.includes(`\`${schema.name}\``)),
  );
}

function unlessDeadlock(error: unknown): void {
  if (!(error instanceof Error && 'errno' in error && error.errno === 1213)) throw error;
}
