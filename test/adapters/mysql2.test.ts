import { once } from 'node:events';
import plainMysql2, { type Connection, type ConnectionOptions } from 'mysql2';
import plainPromised from 'mysql2/promise';
import t, { type Test } from 'tap';
import tameMysql2 from '../../lib/adapters/mysql2.js';
import tamePromised from '../../lib/adapters/mysql2-promise.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { quietly } from './quietly.js';

quietly(t);

const options = ({ host, port, user, password }: TestServer, { name }: Schema): ConnectionOptions => ({
  host,
  port,
  user,
  password,
  database: name,
});

async function columnsOf(schema: Schema, table = 't'): Promise<string[]> {
  const rows = await schema.query<{ name: string }>(
    'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=? AND TABLE_NAME=? ORDER BY ORDINAL_POSITION',
    [schema.name, table],
  );
  return rows.map(({ name }) => name);
}

/** What passes, each as a function of the module and of a connection of it. */
const passing: Record<string, (connection: Connection) => Promise<unknown>> = {
  'query with rows': (c) => c.promise().query('SELECT a, b FROM t ORDER BY a'),
  'query with values': (c) => c.promise().query('SELECT ? AS x, ?? FROM t ORDER BY a', [1, 'b']),
  'query that writes': (c) => c.promise().query("UPDATE t SET b = 'z' WHERE a = 1"),
  'named placeholders': (c) =>
    c.promise().query({ sql: 'SELECT :x AS x', values: { x: 1 }, namedPlaceholders: true }),
  'rows as arrays': (c) => c.promise().query({ sql: 'SELECT a FROM t ORDER BY a', rowsAsArray: true }),
  'type cast': (c) =>
    c.promise().query({ sql: 'SELECT a FROM t ORDER BY a', typeCast: (field) => `<${field.string()}>` }),
  execute: (c) => c.promise().execute('SELECT a FROM t WHERE a > ? ORDER BY a', [1]),
  'execute that writes': (c) => c.promise().execute('INSERT INTO t (b) VALUES (?)', ['new']),
  prepare: async (c) => {
    const statement = await c.promise().prepare('SELECT a FROM t WHERE a = ?');
    const [rows] = await statement.execute([2]);
    await statement.close();
    return rows;
  },
  stream: async (c) => {
    const rows: unknown[] = [];
    for await (const row of c.query('SELECT a FROM t ORDER BY a').stream()) rows.push(row);
    return rows;
  },
  events: async (c) => {
    const rows: unknown[] = [];
    const query = c.query('SELECT a FROM t ORDER BY a').on('result', (row) => rows.push(row));
    await once(query, 'end');
    return rows;
  },
  'an error of the server': (c) =>
    c
      .promise()
      .query('SELECT nothing FROM t')
      .catch(({ code, errno, sqlState, sql }) => ({ code, errno, sqlState, sql })),
  'a transaction that is rolled back': async (c) => {
    await c.promise().beginTransaction();
    await c.promise().query('DELETE FROM t');
    await c.promise().rollback();
    return c.promise().query('SELECT COUNT(*) AS n FROM t');
  },
  'change of user': (c) => c.promise().changeUser({}),
  ping: (c) => c.promise().ping(),
};

t.test('what is no change of a schema passes as it is', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    for (const [name, use] of Object.entries(passing)) {
      const seen: unknown[] = [];
      for (const mysql2 of [plainMysql2, tameMysql2]) {
        await schema.query('DROP TABLE IF EXISTS t');
        await schema.query('CREATE TABLE t (a int PRIMARY KEY AUTO_INCREMENT, b varchar(20))');
        await schema.query("INSERT INTO t (b) VALUES ('x'), ('y')");
        const connection = mysql2.createConnection(options(server, schema));
        seen.push(comparable(await use(connection)));
        await connection.promise().end();
      }
      t.strictSame(seen[1], seen[0], name);
    }
  });
});

/** Rows and headers; the descriptions of columns hold buffers of the packet. */
function comparable(value: unknown): unknown {
  if (!Array.isArray(value) || !Array.isArray(value[1])) return JSON.parse(JSON.stringify(value ?? null));
  const [rows, fields] = value as [unknown, { name: string; columnType?: number }[]];
  return JSON.parse(JSON.stringify([rows, fields.map(({ name, columnType }) => [name, columnType])]));
}

/** Every way to ask for a change; each adds the column. */
const ways: Record<string, (to: ConnectionOptions, sql: string) => Promise<unknown>> = {
  'a connection with callbacks': (to, sql) =>
    new Promise((resolve, reject) => {
      const connection = tameMysql2.createConnection(to);
      connection.query(sql, (error, result) => (error ? reject(error) : resolve([result])));
      connection.end();
    }),
  'a connection with events': async (to, sql) => {
    const connection = tameMysql2.createConnection(to);
    const query = connection.query(sql);
    const [result] = await once(query, 'result');
    await connection.promise().end();
    return [result];
  },
  'a connection with promises': async (to, sql) => {
    const connection = await tamePromised.createConnection(to);
    const answer = await connection.query(sql);
    await connection.end();
    return answer;
  },
  'execute of a connection': async (to, sql) => {
    const connection = await tamePromised.createConnection(to);
    const answer = await connection.execute(sql);
    await connection.end();
    return answer;
  },
  'a prepared statement': async (to, sql) => {
    const connection = await tamePromised.createConnection(to);
    const statement = await connection.prepare(sql);
    const answer = await statement.execute([]);
    await statement.close();
    await connection.end();
    return answer;
  },
  'a pool with callbacks': (to, sql) =>
    new Promise((resolve, reject) => {
      const pool = tameMysql2.createPool(to);
      pool.query(sql, (error, result) => {
        if (error) reject(error);
        pool.end(() => resolve([result]));
      });
    }),
  'a pool with promises': async (to, sql) => {
    const pool = tamePromised.createPool(to);
    const answer = await pool.query(sql);
    await pool.end();
    return answer;
  },
  'execute of a pool': async (to, sql) => {
    const pool = tamePromised.createPool(to);
    const answer = await pool.execute(sql);
    await pool.end();
    return answer;
  },
  'a connection of a pool': async (to, sql) => {
    const pool = tamePromised.createPool(to);
    const connection = await pool.getConnection();
    const answer = await connection.query(sql);
    connection.release();
    await pool.end();
    return answer;
  },
  'a cluster of pools': async (to, sql) => {
    const cluster = tamePromised.createPoolCluster();
    cluster.add('one', to);
    const connection = await cluster.getConnection('one');
    const answer = await connection.query(sql);
    connection.release();
    await cluster.end();
    return answer;
  },
};

t.test('a change goes through alterwise, however it is asked for', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (a int PRIMARY KEY, c varchar(20))');
    const plain = await plainPromised.createConnection(options(server, schema));
    const [header] = await plain.query('ALTER TABLE t ADD COLUMN b int');
    await plain.end();
    for (const [name, ask] of Object.entries(ways)) {
      await schema.query('ALTER TABLE t DROP COLUMN b');
      const told = quietly.lines.length;
      const answer = (await ask(options(server, schema), 'ALTER TABLE t ADD COLUMN b int')) as [object];
      t.strictSame(await columnsOf(schema), ['a', 'c', 'b'], name);
      t.strictSame(Object.keys(answer[0]), Object.keys(header), `${name}: the answer is a header`);
      t.match(quietly.lines.slice(told).join(''), /\.t: done in /, `${name}: alterwise has made it`);
    }
  });
});

t.test('what is asked for next waits until the change is made', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (a int PRIMARY KEY)');
    const connection = tameMysql2.createConnection({ ...options(server, schema), multipleStatements: true });
    const order: string[] = [];
    const done = (name: string) => (error: Error | null) =>
      order.push(error ? `${name}: ${error.message}` : name);
    connection.query('ALTER TABLE t ADD COLUMN b int', done('change'));
    connection.query('INSERT INTO t (a, b) VALUES (1, 2)', done('insert'));
    connection.query('ALTER TABLE ?? ADD COLUMN ?? int; SELECT 1 AS one', ['t', 'c'], done('two'));
    connection.execute('UPDATE t SET c = ? WHERE a = ?', [3, 1], done('update'));
    await new Promise<void>((resolve) => connection.end(() => resolve()));
    t.strictSame(order, ['change', 'insert', 'two', 'update']);
    t.strictSame(await schema.query('SELECT a, b, c FROM t'), [{ a: 1, b: 2, c: 3 }]);
  });
});

t.test('several statements at once give what mysql2 gives', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (a int PRIMARY KEY)');
    const connection = await tamePromised.createConnection({
      ...options(server, schema),
      multipleStatements: true,
    });
    t.teardown(() => connection.end());
    const [results] = await connection.query('SELECT 1 AS one; ALTER TABLE t ADD b int; SELECT 2 AS two');
    t.match(results, [[{ one: 1 }], { affectedRows: 0 }, [{ two: 2 }]]);
  });
});

t.test('a table of the session is altered in the session', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (a int PRIMARY KEY)');
    await schema.query('CREATE TABLE u (a int PRIMARY KEY)');
    const connection = await tamePromised.createConnection(options(server, schema));
    t.teardown(() => connection.end());
    await connection.query('CREATE TEMPORARY TABLE t (x int)');
    await connection.query('ALTER TABLE t ADD COLUMN y int');
    await connection.query('INSERT INTO t (x, y) VALUES (1, 2)');
    t.strictSame(await columnsOf(schema), ['a'], 'the real one is as it was');
    await connection.query('ALTER TABLE u ADD COLUMN b int');
    t.strictSame(await columnsOf(schema, 'u'), ['a', 'b']);
  });
});

t.test('a pool may ask for changes at the same time', async (t: Test) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (a int PRIMARY KEY)');
    const pool = tamePromised.createPool({ ...options(server, schema), connectionLimit: 4 });
    t.teardown(() => pool.end());
    await Promise.all(['b', 'c', 'd'].map((name) => pool.query(`ALTER TABLE t ADD COLUMN ${name} int`)));
    t.strictSame((await columnsOf(schema)).sort(), ['a', 'b', 'c', 'd']);
  });
});
