import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Event } from '../../../lib/documents/event.js';
import { run } from '../../../lib/run/run.js';
import { parseTexts } from '../../../lib/sql/migration.js';
import type { ServerKind } from '../../sandbox/index.js';
import { forEachServer, freshSchema, type TestServer } from '../../servers.js';
import { requestFor, type TestRequest } from '../../support/request.js';
import { rolledBack } from '../../support/texts.js';
import { until } from '../../support/until.js';

const engines: Partial<Record<ServerKind, string>> = { 'mysql-9.7': 'MyISAM', 'mariadb-10.11': 'Aria' };

function migration(server: TestServer, texts: string[], signal?: AbortSignal): TestRequest {
  const settings = { lockWaitTimeoutSeconds: 1, lockBudgetMs: 6_000 };
  return {
    ...requestFor(server, 'ALTER TABLE no.no ADD no INT', settings, signal),
    statements: parseTexts(texts, 'the test'),
  };
}

t.jobs = 2;
await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const engine = engines[server.kind] ?? '';
  t.jobs = 4;
  t.test('what is refused half-way is told as that, and asked about before it is repeated', (t) =>
    refused(t, server, engine),
  );
  t.test('one that is stopped half-way as well', (t) => stopped(t, server, engine));
  t.test('one that waited for a lock half-way is not sent again', (t) => locked(t, server, engine));
  // MySQL with GTIDs refuses such a trigger before it writes.
  if (server.kind === 'mariadb-10.11')
    t.test('a trigger may write what is kept', (t) => triggered(t, server, engine));
});

async function refused(t: Test, server: TestServer, engine: string): Promise<void> {
  const { name, query } = await freshSchema(t, server);
  await query(`CREATE TABLE kept (id INT PRIMARY KEY) ENGINE=${engine}`);
  await query('CREATE TABLE undone (id INT PRIMARY KEY)');
  const insert = (table: string) => `INSERT INTO ${name}.${table} VALUES (1), (2), (2), (3)`;
  const ofKept = migration(server, [`SET @a=1`, insert('kept')]);
  const first = await run(ofKept);
  t.match(first, {
    exitCode: 9,
    statements: [
      {},
      {
        outcome: 'unknown',
        reason: { id: 'server-1062' },
        state: new RegExp(`kept is of the engine ${engine}`),
        next: /Look at .*--accept perhaps-done .*--accept was-done/,
      },
    ],
  });
  t.same(await query('SELECT id FROM kept'), [{ id: 1 }, { id: 2 }], 'which is so');
  const again = await run({ ...ofKept, run: `${ofKept.run}b` });
  t.match(again, { exitCode: 9, statements: [{}, { reason: { id: 'perhaps-done' } }] });
  t.match(await run(migration(server, [`SET @b=1`, insert('undone')])), {
    exitCode: 4,
    statements: [{}, { outcome: 'refused', reason: { id: 'server-1062' }, state: rolledBack }],
  });
  await query('INSERT INTO undone VALUES (1)');
  const both = `UPDATE ${name}.undone u JOIN ${name}.kept k SET k.id=4`;
  t.match(await run(migration(server, [`SET @c=1`, both])), {
    statements: [{}, { outcome: 'unknown', state: /kept is of the engine/ }],
  });
}

async function stopped(t: Test, server: TestServer, engine: string): Promise<void> {
  const { name, query } = await freshSchema(t, server);
  await query(`CREATE TABLE kept (id INT PRIMARY KEY, a INT) ENGINE=${engine}`);
  await query('INSERT INTO kept VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0)');
  const stop = new AbortController();
  const running = run(migration(server, [`UPDATE ${name}.kept SET a=1+SLEEP(0.7)`], stop.signal));
  const isAtIt = async () =>
    (await query<{ Info: string | null }>('SHOW FULL PROCESSLIST')).some(({ Info }) =>
      Info?.startsWith(`UPDATE ${name}.kept`),
    );
  await until('the UPDATE is running', isAtIt);
  await sleep(1_000);
  stop.abort();
  t.match(await running, {
    exitCode: 9,
    statements: [{ outcome: 'unknown', reason: { id: 'aborted' }, state: /a part of its work/ }],
  });
  const [{ n } = { n: 0 }] = await query<{ n: number }>('SELECT COUNT(*) AS n FROM kept WHERE a<>0');
  t.ok(Number(n) > 0 && Number(n) < 6, `${n} of 6 rows are changed`);
}

async function locked(t: Test, server: TestServer, engine: string): Promise<void> {
  const schema = await freshSchema(t, server);
  const { name, query } = schema;
  await query(`CREATE TABLE kept (id INT) ENGINE=${engine}`);
  await query('CREATE TABLE source (id INT PRIMARY KEY)');
  await query('INSERT INTO source VALUES (1), (2), (3)');
  const holder = await schema.connect();
  await holder.query('START TRANSACTION');
  await holder.query('SELECT * FROM source WHERE id=3 FOR UPDATE');
  const insert = `INSERT INTO ${name}.kept SELECT id FROM ${name}.source`;
  t.match(await run(migration(server, [insert])), {
    exitCode: 9,
    statements: [{ outcome: 'unknown', attempts: 1, reason: { id: 'server-1205' } }],
  });
  t.same(await query('SELECT id FROM kept'), [{ id: 1 }, { id: 2 }], 'each of them once');
  // One that has to wait for the table itself has not begun.
  await holder.query('ROLLBACK');
  await holder.query('LOCK TABLES kept READ');
  const patient = migration(server, [`UPDATE ${name}.kept SET id=9`]);
  let unlocked: Promise<unknown> | undefined;
  const emit = (event: Event) => {
    if (event.type === 'attempt') unlocked ??= holder.query('UNLOCK TABLES');
  };
  const [result] = (await run({ ...patient, emit })).statements;
  await unlocked;
  t.match(result, { outcome: 'done', rowsChanged: 2 });
  t.ok((result?.attempts ?? 0) > 1, 'it was tried again');
}

async function triggered(t: Test, server: TestServer, engine: string): Promise<void> {
  const { name, query } = await freshSchema(t, server);
  await query('CREATE TABLE undone (id INT PRIMARY KEY)');
  await query(`CREATE TABLE log (id INT) ENGINE=${engine}`);
  await query('CREATE TABLE log2 (id INT)');
  await query('CREATE TRIGGER noted BEFORE INSERT ON undone FOR EACH ROW INSERT INTO log2 VALUES (NEW.id)');
  const insert = `INSERT INTO ${name}.undone VALUES (1), (2), (2)`;
  t.match(await run(migration(server, ['SET @a=1', insert])), {
    statements: [{}, { outcome: 'refused', state: rolledBack }],
  });
  await query('DROP TRIGGER noted');
  await query('CREATE TRIGGER noted BEFORE INSERT ON undone FOR EACH ROW INSERT INTO log VALUES (NEW.id)');
  t.match(await run(migration(server, ['SET @b=1', insert])), {
    statements: [{}, { outcome: 'unknown', state: /log is of the engine/ }],
  });
  t.same(await query('SELECT id FROM log'), [{ id: 1 }, { id: 2 }, { id: 2 }]);
}
