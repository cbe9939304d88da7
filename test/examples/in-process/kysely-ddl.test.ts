import { Kysely, MysqlDialect, sql } from 'kysely';
import plainMysql2 from 'mysql2';
import t, { type Test } from 'tap';
import mysql2 from '../../../lib/adapters/mysql2.js';
import { forEachServerInTurn, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { changesMade } from '../changes-made.js';
import { quietly, type Step, sideBySide } from '../side-by-side.js';

type Tables = Record<'makers' | 'things' | 'goods', Record<string, unknown>>;
type Steps = readonly Step<Kysely<Tables>>[];

const make: Steps = [
  {
    name: 'createTable',
    take: async ({ schema }) => {
      await schema
        .createTable('makers')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('name', 'varchar(50)', (column) => column.notNull().unique())
        .execute();
      await schema
        .createTable('things')
        .ifNotExists()
        .addColumn('id', 'serial', (column) => column.primaryKey())
        .addColumn('label', 'varchar(60)', (column) => column.notNull().defaultTo("it's"))
        .addColumn('size', 'integer')
        .addColumn('price', 'decimal(10, 2)', (column) => column.notNull().defaultTo(0))
        .addColumn('maker_id', 'integer')
        .addColumn('created_at', 'datetime', (column) => column.defaultTo(sql`CURRENT_TIMESTAMP`))
        .addUniqueConstraint('one_label', ['label'])
        .addCheckConstraint('not_free', sql`price >= 0`)
        .execute();
      await schema.createIndex('by_size').on('things').column('size').execute();
    },
  },
  {
    name: 'rows',
    take: async (db) => {
      await db
        .insertInto('makers')
        .values([{ name: 'one' }, { name: 'two' }])
        .execute();
      const things = [
        { label: 'a', size: 1, maker_id: 1 },
        { label: 'b', size: 2, maker_id: null },
      ];
      await db.insertInto('things').values(things).execute();
    },
  },
];

const addColumns: Steps = [
  {
    name: 'addColumn, several',
    take: ({ schema }) =>
      schema
        .alterTable('things')
        .addColumn('text', 'text')
        .addColumn('flag', 'boolean', (column) => column.notNull().defaultTo(true))
        .addColumn('large', 'bigint', (column) => column.unsigned())
        .execute(),
  },
  {
    name: 'addColumn in a place',
    take: ({ schema }) =>
      schema
        .alterTable('things')
        .addColumn('second', 'varchar(9)', (column) => column.modifyEnd(sql`after id`))
        .execute(),
  },
  {
    name: 'addColumn that is generated',
    take: ({ schema }) =>
      schema
        .alterTable('things')
        .addColumn('double', 'integer', (column) => column.generatedAlwaysAs(sql`size * 2`))
        .addColumn('half', 'integer', (column) => column.generatedAlwaysAs(sql`size div 2`).stored())
        .execute(),
  },
  {
    name: 'addColumn that is unique, with a CHECK',
    take: ({ schema }) =>
      schema
        .alterTable('things')
        .addColumn('serial', 'varchar(20)', (column) => column.unique())
        .addColumn('rank', 'integer', (column) => column.check(sql`\`rank\` > 0`))
        .execute(),
  },
  {
    name: 'addColumn by an expression of the type',
    take: ({ schema }) =>
      schema
        .alterTable('things')
        .addColumn('color', sql`enum('red', 'green')`, (column) => column.defaultTo('red'))
        .execute(),
  },
  {
    name: 'addColumn that is there',
    fails: 'Error',
    take: ({ schema }) => schema.alterTable('things').addColumn('size', 'text').execute(),
  },
];

const changeColumns: Steps = [
  {
    name: 'modifyColumn: a longer string',
    take: ({ schema }) =>
      schema
        .alterTable('things')
        .modifyColumn('label', 'varchar(62)', (column) => column.notNull())
        .execute(),
  },
  {
    name: 'modifyColumn: a larger number, and NOT NULL',
    take: ({ schema }) =>
      schema
        .alterTable('things')
        .modifyColumn('size', 'bigint', (column) => column.notNull().defaultTo(3))
        .execute(),
  },
  {
    name: 'alterColumn: a default, and none',
    take: async ({ schema }) => {
      await schema
        .alterTable('things')
        .alterColumn('size', (column) => column.setDefault(4))
        .execute();
      await schema
        .alterTable('things')
        .alterColumn('label', (column) => column.setDefault("what's"))
        .execute();
      await schema
        .alterTable('things')
        .alterColumn('size', (column) => column.dropDefault())
        .execute();
    },
  },
  {
    name: 'renameColumn',
    take: ({ schema }) => schema.alterTable('things').renameColumn('label', 'title').execute(),
  },
  {
    name: 'renameColumn that is missing',
    fails: 'Error',
    take: ({ schema }) => schema.alterTable('things').renameColumn('nowhere', 'x').execute(),
  },
];

const keys: Steps = [
  {
    name: 'addIndex and dropIndex, of an ALTER TABLE',
    take: async ({ schema }) => {
      await schema.alterTable('things').addIndex('by_title').columns(['title', 'size']).execute();
      await schema.alterTable('things').addIndex('once').unique().column('title').execute();
      await schema.alterTable('things').dropIndex('by_title').execute();
    },
  },
  {
    name: 'createIndex',
    take: async ({ schema }) => {
      await schema.createIndex('several').on('things').columns(['size desc', 'price']).execute();
      await schema.createIndex('by_price').on('things').column('price').using('btree').execute();
      await schema.createIndex('one_of').on('things').columns(['price', 'id']).unique().execute();
    },
  },
  {
    name: 'createIndex that is unique, over rows that are not',
    fails: 'Error',
    take: ({ schema }) => schema.createIndex('flag_once').on('things').column('flag').unique().execute(),
  },
  {
    name: 'createIndex over a column that is missing',
    fails: 'Error',
    take: ({ schema }) => schema.createIndex('no').on('things').column('nowhere').execute(),
  },
  { name: 'dropIndex', take: ({ schema }) => schema.dropIndex('several').on('things').execute() },
  {
    name: 'addUniqueConstraint',
    take: ({ schema }) =>
      schema.alterTable('things').addUniqueConstraint('both', ['title', 'size']).execute(),
  },
  {
    name: 'addCheckConstraint, and dropConstraint',
    take: async ({ schema }) => {
      await schema.alterTable('things').addCheckConstraint('small', sql`size < 100`).execute();
      await schema.alterTable('things').dropConstraint('not_free').execute();
    },
  },
  {
    name: 'addForeignKeyConstraint',
    take: ({ schema }) =>
      schema
        .alterTable('things')
        .addForeignKeyConstraint('of_maker', ['maker_id'], 'makers', ['id'])
        .onDelete('cascade')
        .onUpdate('cascade')
        .execute(),
  },
  {
    name: 'addForeignKeyConstraint to a table that is missing',
    fails: 'Error',
    take: ({ schema }) =>
      schema.alterTable('things').addForeignKeyConstraint('no', ['size'], 'nowhere', ['id']).execute(),
  },
  {
    name: 'dropConstraint of a foreign key',
    take: ({ schema }) => schema.alterTable('things').dropConstraint('of_maker').execute(),
  },
  {
    name: 'addPrimaryKeyConstraint',
    take: async ({ schema }) => {
      await schema.createTable('pairs').addColumn('a', 'integer').addColumn('b', 'integer').execute();
      await schema.alterTable('pairs').addPrimaryKeyConstraint('of_pairs', ['a', 'b']).execute();
    },
  },
];

const rest: Steps = [
  {
    name: 'dropColumn, several',
    take: ({ schema }) => schema.alterTable('things').dropColumn('text').dropColumn('double').execute(),
  },
  {
    name: 'a statement of sql, in a transaction in which nothing is written',
    take: (db) =>
      db
        .transaction()
        .execute((transaction) => sql`ALTER TABLE things ADD x INT, DROP large;`.execute(transaction)),
  },
  { name: 'renameTo', take: ({ schema }) => schema.alterTable('things').renameTo('goods').execute() },
  {
    name: 'createView and dropView',
    take: async (db) => {
      await db.schema.createView('seen').orReplace().as(db.selectFrom('goods').select('id')).execute();
      await db.schema.dropView('seen').ifExists().execute();
    },
  },
  {
    name: 'a table that is missing',
    fails: 'Error',
    take: ({ schema }) => schema.alterTable('things').addColumn('y', 'integer').execute(),
  },
  { name: 'dropTable', take: ({ schema }) => schema.dropTable('goods').ifExists().execute() },
];

t.test('what Kysely sends', async (t) => {
  const state = quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const sent: string[] = [];
    const [plain, tamed] = [await freshSchema(t, server), await freshSchema(t, server)];
    const before = (await changesMade(state)).length;
    await sideBySide(
      t,
      { schema: plain, tool: connect(t, server, plain, plainMysql2, []) },
      { schema: tamed, tool: connect(t, server, tamed, mysql2, sent) },
      [...make, ...addColumns, ...changeColumns, ...keys, ...rest],
    );
    // What fails is not told by Kysely, and a RENAME is the server's.
    const wanted = sent.filter(
      (text) => /^(?:alter|create (?:unique )?index|drop index)/i.test(text) && !/rename to/.test(text),
    );
    const made = (await changesMade(state)).slice(before);
    t.strictSame(
      made.map(({ sql }) => sql),
      wanted.map((text) => text.replace(/;$/, '')),
      'all went through alterwise',
    );
  });
});

function connect(
  t: Test,
  { host, port, user, password }: TestServer,
  { name }: Schema,
  { createPool }: typeof plainMysql2,
  sent: string[],
): Kysely<Tables> {
  const pool = createPool({ host, port, user, password, database: name });
  const db = new Kysely<Tables>({
    dialect: new MysqlDialect({ pool }),
    log: ({ level, query }) => {
      if (level === 'query') sent.push(query.sql);
    },
  });
  t.teardown(() => db.destroy());
  return db;
}
