import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import t from 'tap';
import mysql2 from '../../lib/adapters/mysql2-promise.js';
import type { ToolError } from '../../lib/adapters/tool-error.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { quietly } from './quietly.js';

quietly(t);
const both = ['mysql-9.7', 'mariadb-10.11'] as const;

async function connected(server: TestServer, schema: Schema): Promise<Connection> {
  const { host, port, user, password } = server;
  await schema.query('CREATE TABLE t (a int PRIMARY KEY, b int, c varchar(20) NULL)');
  await schema.query("INSERT INTO t VALUES (1, 7, 'x'), (2, 7, NULL)");
  return mysql2.createConnection({ host, port, user, password, database: schema.name });
}

async function errorOf(asked: Promise<unknown>): Promise<ToolError> {
  return asked.then(
    () => Promise.reject(new Error('expected an error')),
    (error: ToolError) => error,
  );
}

const definition = async (schema: Schema): Promise<string> => {
  const [row] = await schema.query<{ 'Create Table': string }>('SHOW CREATE TABLE t');
  return row?.['Create Table'] ?? '';
};

t.test('a transaction in which something was written is not committed by a change', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const schema = await freshSchema(t, server);
    const connection = await connected(server, schema);
    t.teardown(() => connection.end());
    const ways: [name: string, begin: () => Promise<unknown>][] = [
      ['a transaction', () => connection.beginTransaction()],
      ['no autocommit', () => connection.query('SET autocommit=0')],
    ];
    for (const [name, begin] of ways) {
      const before = await definition(schema);
      await begin();
      await connection.execute('INSERT INTO t VALUES (?, 1, ?)', [9, 'new']);
      const error = await errorOf(connection.query('ALTER TABLE t ADD COLUMN d int'));
      const alterwise = { outcome: 'refused', exitCode: 4, reason: { id: 'open-transaction' } };
      t.match(error, { code: 'ALTERWISE_REFUSED', alterwise }, name);
      t.match(error.message, /Nothing was changed.*Next: /s);
      await connection.rollback();
      t.equal(await definition(schema), before);
      t.strictSame(await schema.query('SELECT a FROM t WHERE a = 9'), [], 'and it can be rolled back still');
    }
  });
});

t.test('a transaction in which nothing was written is ended, as the server would end it', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const schema = await freshSchema(t, server);
    const connection = await connected(server, schema);
    t.teardown(() => connection.end());
    await connection.query("UPDATE t SET c = 'y' WHERE a = 1"); // before it, and committed by itself
    await connection.beginTransaction();
    await connection.query('SELECT * FROM t');
    await connection.query('ALTER TABLE t ADD COLUMN d int');
    await connection.query('INSERT INTO t (a, d) VALUES (3, 4)');
    await connection.rollback();
    t.strictSame(
      await schema.query('SELECT d FROM t WHERE a = 3'),
      [{ d: 4 }],
      'what follows is not part of it',
    );
  });
});

t.test('a session whose state would be lost, or would do harm, is told', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const schema = await freshSchema(t, server);
    const connection = await connected(server, schema);
    t.teardown(() => connection.end());
    const add = 'ALTER TABLE t ADD COLUMN d int';
    const reference = 'ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES t (a)';
    const cases: [before: string, change: string, id: string, after: string][] = [
      ['LOCK TABLES t WRITE', add, 'tables-locked', 'UNLOCK TABLES'],
      ['SET foreign_key_checks=0', reference, 'foreign-key-checks', 'SET foreign_key_checks=1'],
      ['SET sql_log_bin=0', add, 'not-logged', 'SET sql_log_bin=1'],
    ];
    const before = await definition(schema);
    for (const [state, change, id, after] of cases) {
      await connection.query(state);
      const error = await errorOf(connection.query(change));
      t.equal(error.alterwise.reason.id, id);
      await connection.query(after);
    }
    t.equal(await definition(schema), before);
    await connection.query(add);
  });
});

t.test('a write behind an empty comment is a write', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const connection = await connected(server, schema);
    t.teardown(() => connection.end());
    await connection.query('BEGIN');
    await connection.query('SAVEPOINT s');
    await connection.query('ALTER TABLE t ADD COLUMN d int'); // a savepoint writes nothing
    await connection.query('BEGIN');
    await connection.query("--\nUPDATE t\nSET c='z'");
    const error = await errorOf(connection.query('ALTER TABLE t ADD COLUMN e int'));
    t.equal(error.alterwise.reason.id, 'open-transaction');
    await connection.rollback();
    t.strictSame(await schema.query("SELECT a FROM t WHERE c='z'"), []);
  });
});

t.test('a session that reads statements otherwise is told', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const schema = await freshSchema(t, server);
    const connection = await connected(server, schema);
    t.teardown(() => connection.end());
    await connection.query("SET sql_mode='PIPES_AS_CONCAT'");
    const error = await errorOf(connection.query("ALTER TABLE t ADD COLUMN d varchar(9) AS (c || '!')"));
    t.match(error, { alterwise: { reason: { id: 'sql-mode' } } });
    await connection.query("SET sql_mode='NO_BACKSLASH_ESCAPES'");
    t.match(await errorOf(connection.query("ALTER TABLE t ADD COLUMN d varchar(9) DEFAULT '\\'")), {
      alterwise: { outcome: 'refused' },
    });
  });
});

t.test('who waits behind a change hears of a connection that is lost', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const connection = await connected(server, schema);
    connection.on('error', () => {});
    const holder = await schema.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT * FROM t');
    const changed = connection.query('/* alterwise lock-budget=60s */ ALTER TABLE t ADD COLUMN d int');
    const behind = connection.query('SELECT 1');
    const told = Promise.all([errorOf(changed), errorOf(behind)]);
    await sleep(1_000);
    await schema.query(`KILL ${connection.threadId}`);
    await holder.query('COMMIT');
    const [ofChange, ofQuery] = await told;
    t.match(ofChange, { alterwise: { outcome: 'done' }, message: /connection was lost/ });
    t.ok(ofQuery);
    t.match(await definition(schema), /`d` int/);
  });
});

t.test('an error is as of mysql2, with the outcome', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const schema = await freshSchema(t, server);
    const connection = await connected(server, schema);
    t.teardown(() => connection.end());
    const cases: [sql: string, error: Partial<ToolError>][] = [
      ['CREATE UNIQUE INDEX i ON t (b)', { code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' }],
      ['ALTER TABLE gone ADD d int', { code: 'ER_NO_SUCH_TABLE', errno: 1146, sqlState: '42S02' }],
      ['ALTER TABLE t ADDD d int', { code: 'ER_PARSE_ERROR', errno: 1064, sqlState: '42000' }],
      ['ALTER TABLE t MODIFY c varchar(20) NOT NULL', { code: 'ER_INVALID_USE_OF_NULL', errno: 1138 }],
      [
        '/* alterwise review-rows=1 */ ALTER TABLE t ADD d int',
        { code: 'ALTERWISE_REVIEW_REQUIRED', errno: 1105 },
      ],
      ['/* alterwise nonsense=1 */ ALTER TABLE t ADD d int', { code: 'ALTERWISE_USAGE' }],
    ];
    const before = await definition(schema);
    for (const [sql, expected] of cases) {
      const error = await errorOf(connection.query(sql));
      t.match(error, expected, sql);
      t.match(error.sql, /TABLE|INDEX/);
      t.match(error.alterwise, { exitCode: Number, reason: { id: String, text: String }, state: String });
    }
    t.equal(await definition(schema), before);
  });
});

t.test('other changes of the schema wait for a lock within bounds', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const schema = await freshSchema(t, server);
    const connection = await connected(server, schema);
    t.teardown(() => connection.end());
    const [[bound]] = await connection.query<never[]>('SELECT @@lock_wait_timeout AS s');
    const holder = await schema.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT * FROM t');
    const bounds = '/* alterwise lock-wait-timeout=1 lock-budget=2s */';
    const error = await errorOf(connection.query(`${bounds} DROP TABLE t`));
    t.match(error, {
      code: 'ER_LOCK_WAIT_TIMEOUT',
      errno: 1205,
      alterwise: { outcome: 'lock-timeout', exitCode: 5 },
    });
    t.ok(await definition(schema));
    const dropped = connection.query(
      '/* alterwise lock-wait-timeout=1 lock-budget=60s */ RENAME TABLE t TO u',
    );
    await sleep(1_500);
    await holder.query('COMMIT');
    await dropped;
    t.strictSame(await schema.query('SELECT a FROM u ORDER BY a'), [{ a: 1 }, { a: 2 }]);
    t.strictSame((await connection.query<never[]>('SELECT @@lock_wait_timeout AS s'))[0][0], bound);
  });
});
