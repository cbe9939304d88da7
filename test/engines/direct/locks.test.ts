import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import t from 'tap';
import { run } from '../../../lib/run/run.js';
import { type ServerKind, serverKinds } from '../../sandbox/index.js';
import { forEachServer, freshSchema, type Schema } from '../../servers.js';
import { columnsOf } from '../../support/big-table.js';
import { requestFor } from '../../support/request.js';
import { asItWas } from '../../support/texts.js';
import { startWriters } from '../../support/writers.js';

/** By default: elsewhere every open transaction of the server is a suspect, and the lock itself has to tell. */
const showLocks = (kind: ServerKind) => kind === 'mysql-8.0' || kind === 'mysql-9.7';

/** A table, and somebody whose transaction holds it. */
async function heldTable(schema: Schema): Promise<Connection> {
  await schema.query('CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY)');
  const holder = await schema.connect();
  await holder.query('START TRANSACTION');
  await holder.query('SELECT COUNT(*) FROM t');
  return holder;
}

t.test('a transaction that does not end is named, and writers go on', async (t) => {
  t.jobs = 3;
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const holder = await heldTable(schema);
    await sleep(1_100);
    const writers = await startWriters(t, schema, 'INSERT INTO t VALUES ()');
    const budget = { lockWaitTimeoutSeconds: 1, lockBudgetMs: 5_000 };
    const request = requestFor(server, `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`, budget);
    const start = performance.now();
    const { exitCode, statements } = await run(request);
    const took = performance.now() - start;
    const [result] = statements;

    t.equal(exitCode, 5);
    t.match(result, { outcome: 'lock-timeout', exitCode: 5, state: asItWas });
    const blocker = result?.blockers?.find(({ connectionId }) => connectionId === holder.threadId);
    t.match(blocker, { user: 'root', host: /127\.0\.0\.1|localhost/, ageMs: Number });
    t.ok((blocker?.ageMs ?? 0) > 3_000, `its age is ${blocker?.ageMs} ms`);
    if (showLocks(server.kind)) {
      t.match(blocker, { role: 'holds', query: 'SELECT COUNT(*) FROM t' });
      t.equal(result?.attempts, 0, 'nobody queued behind it');
      t.ok(writers.longestMs() < 1_700, `the longest write took ${Math.round(writers.longestMs())} ms`);
    } else {
      t.ok((result?.attempts ?? 0) >= 1, 'a doubt is resolved by trying');
      t.ok(writers.longestMs() < 1_900, `the longest write took ${Math.round(writers.longestMs())} ms`);
    }
    t.match(result?.next, new RegExp(`KILL ${holder.threadId}\\b`));
    t.ok(took > 4_500 && took < 15_000, `ended after ${Math.round(took)} ms`);
    t.ok(
      request.events.some(({ type }) => type === 'blockers' || type === 'attempt'),
      'the wait was told',
    );
    t.same(await columnsOf(schema, 't'), ['id int']);
    await writers.stop();
    t.ok(writers.writes() > 50, `${writers.writes()} writes`);
  });
});

t.test('an old transaction is waited for, and not queued behind', async (t) => {
  t.jobs = 3;
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const holder = await heldTable(schema);
    await sleep(2_200);
    const writers = await startWriters(t, schema, 'INSERT INTO t () VALUES ()');
    const request = requestFor(server, `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`, {
      lockBudgetMs: 25_000,
    });
    const running = run(request);
    await sleep(3_000);
    const stalled = writers.longestMs();
    const released = performance.now();
    await holder.query('COMMIT');
    const { exitCode, statements } = await running;
    const took = performance.now() - released;
    t.equal(exitCode, 0);
    t.match(statements[0], {
      outcome: 'done',
      attempts: 1,
      strategy: server.kind === 'mysql-5.7' ? 'inplace' : 'instant',
    });
    t.ok(stalled < 900, `while it was waited for, the longest write took ${Math.round(stalled)} ms`);
    // Where locks cannot be seen, whoever has been at work on the server for long is waited for, for half the budget.
    const limitMs = ['mysql-8.0', 'mysql-9.7'].includes(server.kind) ? 8_000 : 18_000;
    t.ok(took < limitMs, `done ${Math.round(took)} ms after the lock was free`);
    await writers.stop();
    t.same(await columnsOf(schema, 't'), ['id int', 'z int']);
  });
});

t.test('a young transaction is outwaited by the attempt itself', async (t) => {
  t.jobs = 3;
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY)');
    const writers = await startWriters(t, schema, 'INSERT INTO t () VALUES ()');
    const transactions = await schema.connect();
    let going = true;
    const overlapping = (async () => {
      while (going) {
        await transactions.query('START TRANSACTION');
        await transactions.query('SELECT COUNT(*) FROM t');
        await sleep(300);
        await transactions.query('COMMIT');
      }
    })();
    const request = requestFor(server, `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`);
    const { statements } = await run(request);
    going = false;
    await overlapping;
    t.match(statements[0], { outcome: 'done' });
    t.ok((statements[0]?.attempts ?? 99) <= 2, `${statements[0]?.attempts} attempts`);
    t.ok(writers.longestMs() < 3_500, `the longest write took ${Math.round(writers.longestMs())} ms`);
  });
});
