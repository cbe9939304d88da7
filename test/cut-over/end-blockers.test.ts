import { type Connection, createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { blockerEnder } from '../../lib/cut-over/end-blockers.js';
import type { Event } from '../../lib/documents/event.js';
import { readBlockers } from '../../lib/inspect/blockers.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { run } from '../../lib/run/run.js';
import { assertSchema } from '../fixtures/schemas.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { accountWith } from '../support/account.js';
import { sessionFor } from '../support/probing.js';
import { requestFor } from '../support/request.js';
import { until } from '../support/until.js';

const afterMs = 300;

/** A table of ten rows, and an ender that looks at it. */
async function stage(t: Test, server: TestServer, spareRows: number, pids: readonly number[] = []) {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20) NOT NULL) DEFAULT CHARSET utf8mb4');
  await schema.query(`INSERT INTO t VALUES ${[...Array(10).keys()].map((id) => `(${id}, '')`).join(',')}`);
  const session = await sessionFor(t, server);
  const facts = await inspectServer(session);
  const table = { schema: schema.name, name: 't' };
  const warnings: Extract<Event, { type: 'warning' }>[] = [];
  const emit = (event: Event) => void (event.type === 'warning' && warnings.push(event));
  const ender = blockerEnder({ afterMs, spareRows }, facts, table, { emit, pids });
  if (ender === undefined) throw new Error('it is off');
  const look = async () => ender.look(session, await readBlockers(session, facts, table));
  const verdict = () =>
    until(
      'a verdict on the blocker',
      async () => {
        await look();
        return warnings.shift();
      },
      { limitMs: 60_000, everyMs: 30 },
    );
  return { schema, session, ender, look, verdict, warnings };
}

async function holding(schema: Schema, ...statements: string[]): Promise<Connection> {
  const connection = await schema.connect();
  for (const statement of statements) await connection.query(statement);
  return connection;
}

async function isThere(schema: Schema, { threadId }: Connection): Promise<boolean> {
  const rows = await schema.query('SELECT 1 FROM performance_schema.threads WHERE PROCESSLIST_ID=?', [
    threadId,
  ]);
  return rows.length > 0;
}

function isGone(schema: Schema, connection: Connection): Promise<true> {
  const look = async () => !(await isThere(schema, connection));
  return until(`connection ${connection.threadId} is gone`, look, { limitMs: 60_000, everyMs: 30 });
}

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('who holds the table too long is ended: readers, writers of few rows, LOCK TABLES', async (t) => {
    const on = await stage(t, server, 3);
    const holders: string[][] = [
      ['START TRANSACTION', 'SELECT * FROM t WHERE id=1'],
      ['START TRANSACTION', "UPDATE t SET a='lost' WHERE id<3"],
      ['LOCK TABLES t READ'],
    ];
    for (const statements of holders) {
      const holder = await holding(on.schema, ...statements);
      const seen = performance.now();
      const warning = await on.verdict();
      t.match(warning, { id: 'blocker-ended', table: `${on.schema.name}.t` });
      t.match(warning?.text, `Ended by --kill-blockers-after 300ms: connection ${holder.threadId} root@`);
      t.match(warning?.text, statements.at(-1));
      t.ok(performance.now() - seen >= afterMs);
      t.ok(await isGone(on.schema, holder));
      t.match(on.ender.ended.at(-1), { connectionId: holder.threadId, role: 'holds' });
    }
    t.equal(on.ender.ended.length, 3);
    t.same(await on.schema.query("SELECT id FROM t WHERE a='lost'"), []);
  });

  t.test('a transaction that has changed many rows is spared, and told of once', async (t) => {
    const on = await stage(t, server, 3);
    const holder = await holding(on.schema, 'START TRANSACTION', "UPDATE t SET a='kept' WHERE id<4");
    const warning = await on.verdict();
    t.match(warning, { id: 'blocker-spared', text: /^Not ended, for its transaction has changed 4 rows: / });
    await on.look();
    t.same(on.warnings, []);
    await holder.query('COMMIT');
    t.equal((await on.schema.query("SELECT id FROM t WHERE a='kept'")).length, 4);
    t.same(on.ender.ended, []);
  });

  t.test('where nobody can know how many rows were changed, it is spared', async (t) => {
    const on = await stage(t, server, 1_000_000);
    const holder = await holding(on.schema, 'START TRANSACTION', 'SELECT * FROM t');
    // While it runs, INNODB_TRX cannot be read (error 3854).
    const writer = await holding(on.schema, 'START TRANSACTION');
    const writing = writer.query("SELECT '\u{1F600}', SLEEP(600) FROM t LIMIT 1 FOR UPDATE").catch(() => {});
    const sleeping =
      "SELECT 1 FROM performance_schema.threads WHERE PROCESSLIST_STATE='User sleep' AND PROCESSLIST_ID=?";
    await until(
      'the writer sleeps',
      async () => (await on.schema.query(sleeping, [writer.threadId])).length > 0,
    );
    t.match(await on.verdict(), {
      id: 'blocker-spared',
      text: /how many rows its transaction has changed is unknown/,
    });
    t.ok(await isThere(on.schema, holder));
    await on.schema.query(`KILL ${writer.threadId}`);
    await writing;
  });

  t.test('short transactions, who waits, and the engine are let be', async (t) => {
    const pid = 4_000_000;
    const on = await stage(t, server, 1_000, [pid]);
    const busy = await holding(on.schema);
    for (const start = performance.now(); performance.now() - start < 3 * afterMs; ) {
      await busy.query('START TRANSACTION');
      await busy.query('SELECT * FROM t');
      await on.look();
      await busy.query('COMMIT');
    }
    t.same(on.warnings, []);
    const { host, port, user, password } = server;
    const engine = await createConnection({
      host,
      port,
      user,
      password,
      database: on.schema.name,
      connectAttributes: { _pid: String(pid) },
    });
    t.teardown(() => engine.destroy());
    await engine.query('START TRANSACTION');
    await engine.query('SELECT * FROM t');
    const waiter = await on.schema.connect();
    await waiter.query('SET lock_wait_timeout=600');
    const waiting = waiter.query('ALTER TABLE t ADD b INT').catch(() => {});
    t.match(await on.verdict(), { id: 'blocker-spared', text: /^Not ended, for it is the engine: / });
    t.ok(await isThere(on.schema, waiter));
    t.same(on.ender.ended, []);
    await engine.query('COMMIT');
    await waiting;
  });

  t.test('a direct ALTER does not wait for what may be ended, and says whom it was', async (t) => {
    const { schema } = await stage(t, server, 1_000);
    const holder = await holding(schema, 'START TRANSACTION', 'SELECT * FROM t WHERE id=7');
    const change = `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`;
    const request = requestFor(server, change, { killBlockers: { afterMs: 1_000, spareRows: 10 } });
    const result = await run(request);
    const [statement] = result.statements;
    t.match(statement, { outcome: 'done', ended: [{ connectionId: holder.threadId, query: /id=7/ }] });
    t.ok(await isGone(schema, holder));
    assertSchema(t, 'result', result);
    t.ok(request.events.some((event) => event.type === 'warning' && event.id === 'blocker-ended'));
  });

  t.test('it takes CONNECTION_ADMIN, and for a connection of a SYSTEM_USER that as well', async (t) => {
    const { schema } = await stage(t, server, 1_000);
    const less = await accountWith(t, server, schema, [
      'PROCESS ON *.*',
      'SELECT ON performance_schema.*',
      'ALL ON @schema.*',
    ]);
    const change = `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`;
    const kills = { killBlockers: { afterMs: 1_000, spareRows: 10 } };
    const refused = await run(requestFor(less, change, kills)).catch((error: unknown) => error);
    t.match(refused, {
      id: 'privileges',
      exitCode: 11,
      next: /^GRANT CONNECTION_ADMIN ON \*\.\* TO /,
    });
    await schema.query(`GRANT CONNECTION_ADMIN ON *.* TO ${less.name}`);

    const application = await accountWith(t, server, schema, ['SELECT ON @schema.*']);
    const { host, port, user, password } = application;
    const ordinary = await createConnection({ host, port, user, password, database: schema.name });
    ordinary.on('error', () => {});
    t.teardown(() => ordinary.destroy());
    for (const holder of [ordinary, await schema.connect()]) {
      await holder.query('START TRANSACTION');
      await holder.query('SELECT * FROM t');
    }
    const request = requestFor(less, change, { ...kills, lockBudgetMs: 6_000 });
    const { statements } = await run(request);
    t.match(statements, [{ outcome: 'lock-timeout', ended: [{ connectionId: ordinary.threadId }] }]);
    const spared = request.events.find((event) => event.type === 'warning' && event.id === 'blocker-spared');
    t.match(spared, { text: /^Not ended, for the server refused it \(.*\): connection \d+ root@/ });
  });
});

t.test('off by default', async (t) => {
  const facts = {} as Parameters<typeof blockerEnder>[1];
  t.equal(
    blockerEnder({ spareRows: 1_000 }, facts, { schema: 's', name: 't' }, { emit: () => {} }),
    undefined,
  );
});
