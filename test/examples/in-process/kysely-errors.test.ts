import { Kysely, type Migration, Migrator, MysqlDialect, sql } from 'kysely';
import t from 'tap';
import mysql2 from '../../../lib/adapters/mysql2.js';
import { forEachServerInTurn, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { quietly } from '../side-by-side.js';

const addMore: Migration = {
  up: ({ schema }) => schema.alterTable('t').addColumn('more', 'integer').execute(),
};
const uniqueName: Migration = {
  up: ({ schema }) => schema.createIndex('once').on('t').column('name').unique().execute(),
};
const dataThenChange: Migration = {
  up: async (db) => {
    await db.updateTable('t').set({ name: 'changed' }).execute();
    await addMore.up(db);
  },
};
const inTransaction: Migration = { up: (db) => db.transaction().execute(dataThenChange.up) };
const withForeignKeysOff: Migration = {
  up: async (db) => {
    await sql`SET foreign_key_checks = 0`.execute(db);
    await db.schema.alterTable('t').addForeignKeyConstraint('fk', ['id'], 'u', ['id']).execute();
  },
};

const withComment: Migration = {
  up: (db) => sql`/* alterwise review-rows=1 */ ALTER TABLE t ADD x INT`.execute(db).then(() => undefined),
};

t.test('what becomes of a migration of Kysely that fails', async (t) => {
  quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) DEFAULT 'same')");
    await schema.query('CREATE TABLE u (id INT PRIMARY KEY)');
    await schema.query('INSERT INTO t VALUES (), ()');

    await t.test('a unique index over rows that are not unique', async (t) => {
      const { error, results } = await migrate(server, schema, { a: addMore, b: uniqueName });
      t.match(error, { code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' });
      t.match(error, { alterwise: { outcome: 'refused', reason: { id: 'duplicate-key' } } });
      t.strictSame(
        results?.map(({ status }) => status),
        ['Success', 'Error'],
      );
      t.strictSame(await recorded(schema), ['a'], 'it is not recorded, and the one before is');
    });

    await t.test('in a transaction of its own, data and then a change', async (t) => {
      const { error } = await migrate(server, schema, { a: addMore, c: inTransaction });
      t.match(error, { alterwise: { reason: { id: 'open-transaction' }, next: /a migration of their own/ } });
      t.strictSame(await names(schema), ['same', 'same'], 'nothing is changed');
      t.strictSame(await recorded(schema), ['a']);
    });

    await t.test('a foreign key while the session has its checks off', async (t) => {
      const { error } = await migrate(server, schema, { a: addMore, d: withForeignKeysOff });
      t.match(error, { alterwise: { reason: { id: 'foreign-key-checks' }, next: /foreign_key_checks=1/ } });
      t.strictSame(await recorded(schema), ['a']);
    });

    await t.test('a comment asks for a way', async (t) => {
      const { error } = await migrate(server, schema, { a: addMore, c: withComment });
      t.match(error, { alterwise: { outcome: 'not-started', exitCode: 3 } });
    });

    await t.test('without a transaction data may come first, for Kysely opens none', async (t) => {
      await schema.query('ALTER TABLE t DROP COLUMN more');
      const { error } = await migrate(server, schema, { a: addMore, e: dataThenChange });
      t.equal(error, undefined);
      t.strictSame(await names(schema), ['changed', 'changed']);
      t.strictSame(await recorded(schema), ['a', 'e']);
    });
  });
});

async function migrate(
  { host, port, user, password }: TestServer,
  { name }: Schema,
  migrations: Record<string, Migration>,
) {
  const pool = mysql2.createPool({ host, port, user, password, database: name });
  const db = new Kysely<never>({ dialect: new MysqlDialect({ pool }) });
  try {
    const provider = { getMigrations: async () => migrations };
    return await new Migrator({ db, provider }).migrateToLatest();
  } finally {
    await db.destroy();
  }
}

async function recorded(schema: Schema): Promise<string[]> {
  const rows = await schema.query<{ name: string }>('SELECT name FROM kysely_migration ORDER BY name');
  return rows.map(({ name }) => name);
}

async function names(schema: Schema): Promise<string[]> {
  return (await schema.query<{ name: string }>('SELECT name FROM t ORDER BY id')).map(({ name }) => name);
}
