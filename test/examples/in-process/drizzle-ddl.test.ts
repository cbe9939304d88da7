import {
  type DrizzleMySQLSnapshotJSON,
  generateMySQLDrizzleJson,
  generateMySQLMigration,
} from 'drizzle-kit/api';
import { sql } from 'drizzle-orm';
import {
  type AnyMySqlColumn,
  bigint,
  boolean,
  check,
  datetime,
  decimal,
  foreignKey,
  index,
  int,
  json,
  mysqlEnum,
  mysqlTable,
  mysqlView,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import plainMysql2 from 'mysql2';
import t, { type Test } from 'tap';
import mysql2 from '../../../lib/adapters/mysql2.js';
import { forEachServerInTurn, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { changesMade } from '../changes-made.js';
import { quietly, type Step, sideBySide } from '../side-by-side.js';

type Columns = Record<'label' | 'size' | 'price' | 'makerId', AnyMySqlColumn>;
type Entities = Record<string, unknown>;

const makers = mysqlTable('makers', {
  id: int().autoincrement().primaryKey(),
  name: varchar({ length: 50 }),
});
const id = int().autoincrement().primaryKey();
const plain = { id, label: varchar({ length: 60 }).notNull().default("it's"), size: int() };
const wide = {
  ...plain,
  price: decimal({ precision: 10, scale: 2 }).notNull().default('0'),
  color: mysqlEnum(['red', 'green']).default('red'),
  flag: boolean().notNull().default(true),
  more: json(),
  note: text(),
  createdAt: datetime('created_at', { fsp: 6 }).default(sql`(CURRENT_TIMESTAMP(6))`),
  makerId: int('maker_id'),
};
const changed = {
  ...wide,
  label: varchar({ length: 62 }).notNull(),
  size: bigint({ mode: 'number' }).notNull().default(3),
  color: mysqlEnum(['red', 'green', 'blue']).default('red'),
  note: text().notNull(),
};
const generated = {
  ...changed,
  double: bigint({ mode: 'number' }).generatedAlwaysAs(sql`\`size\` * 2`, { mode: 'virtual' }),
  half: bigint({ mode: 'number' }).generatedAlwaysAs(sql`\`size\` div 2`, { mode: 'stored' }),
};
const { double: _, more: __, ...fewer } = generated;
const pair = { a: int().notNull(), b: int().notNull() };

/** What a schema becomes, step by step: drizzle-kit writes the migrations. */
const versions: Record<string, Entities> = {
  'tables are made': { makers, things: mysqlTable('things', plain) },
  'columns are added': { makers, things: mysqlTable('things', wide) },
  'columns change': { makers, things: mysqlTable('things', changed) },
  'generated columns are added': { makers, things: mysqlTable('things', generated) },
  'indexes are added': { makers, things: mysqlTable('things', generated, withIndexes) },
  'constraints are added': {
    makers,
    things: mysqlTable('things', generated, (table) => [...withIndexes(table), ...withConstraints(table)]),
  },
  'constraints are dropped': { makers, things: mysqlTable('things', generated, withIndexes) },
  'indexes are dropped': { makers, things: mysqlTable('things', generated) },
  'columns are dropped': { makers, things: mysqlTable('things', fewer) },
  'a table without a primary key': {
    makers,
    things: mysqlTable('things', fewer),
    pairs: mysqlTable('pairs', pair),
  },
  'gets one': {
    makers,
    things: mysqlTable('things', fewer),
    pairs: mysqlTable('pairs', pair, ({ a, b }) => [primaryKey({ columns: [a, b] })]),
  },
  'and loses it': { makers, things: mysqlTable('things', fewer), pairs: mysqlTable('pairs', pair) },
  'a view': {
    makers,
    seen: mysqlView('seen').as((query) => query.select({ id: makers.id }).from(makers)),
  },
  'nothing is left but a table': { makers },
};

function withIndexes({ label, price, size }: Columns) {
  return [
    index('by_label').on(label, size),
    uniqueIndex('one_of').on(label, price),
    unique('one_label').on(label),
  ];
}

function withConstraints({ makerId, price }: Columns) {
  return [
    check('not_free', sql`${price} >= 0`),
    foreignKey({ name: 'of_maker', columns: [makerId], foreignColumns: [makers.id] })
      .onDelete('cascade')
      .onUpdate('cascade'),
  ];
}

async function stepsOf(entities: Record<string, Entities>): Promise<Step<MySql2Database>[]> {
  const steps: Step<MySql2Database>[] = [];
  let before: DrizzleMySQLSnapshotJSON = await generateMySQLDrizzleJson({});
  for (const [name, version] of Object.entries(entities)) {
    const after = await generateMySQLDrizzleJson(version, before.id);
    const statements = await generateMySQLMigration(before, after);
    steps.push({ name, take: (db) => sendAll(db, statements) });
    before = after;
  }
  return steps;
}

async function sendAll(db: MySql2Database, statements: readonly string[]): Promise<void> {
  if (statements.length === 0) throw new Error('drizzle-kit found nothing to change');
  for (const statement of statements) await db.execute(sql.raw(statement));
}

const byHand: Step<MySql2Database>[] = [
  {
    name: 'a column gets another name',
    take: (db) => db.execute(sql.raw('ALTER TABLE `makers` RENAME COLUMN `name` TO `title`;')),
  },
  {
    name: 'an index that is unique, over rows that are not',
    fails: 'DrizzleQueryError',
    take: async (db) => {
      await db.execute(sql.raw("INSERT INTO makers (title) VALUES ('a'), ('a')"));
      await db.execute(sql.raw('ALTER TABLE `makers` ADD CONSTRAINT `once` UNIQUE(`title`);'));
    },
  },
  {
    name: 'a change in a transaction in which nothing is written',
    take: (db) => db.transaction((inside) => inside.execute(sql`ALTER TABLE makers ADD x INT`)),
  },
  {
    name: 'a table gets another name',
    take: (db) => db.execute(sql.raw('RENAME TABLE `makers` TO `makes`;')),
  },
];

t.test('what Drizzle sends', async (t) => {
  const state = quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const sent: string[] = [];
    const [plain, tamed] = [await freshSchema(t, server), await freshSchema(t, server)];
    const before = (await changesMade(state)).length;
    await sideBySide(
      t,
      { schema: plain, tool: connect(t, server, plain, plainMysql2) },
      { schema: tamed, tool: connect(t, server, tamed, mysql2, sent) },
      [...(await stepsOf(versions)), ...byHand],
    );
    const wanted = sent.filter((text) => /^(?:ALTER|CREATE (?:UNIQUE )?INDEX|DROP INDEX)/.test(text));
    const made = (await changesMade(state)).slice(before);
    t.strictSame(
      made.map(({ sql }) => sql),
      wanted.filter((text) => !text.includes('`once`')).map((text) => text.replace(/;\s*$/, '')),
      'all went through alterwise, and what is refused leaves no record',
    );
  });
});

function connect(
  t: Test,
  { host, port, user, password }: TestServer,
  { name }: Schema,
  { createPool }: typeof plainMysql2,
  sent: string[] = [],
): MySql2Database {
  const pool = createPool({ host, port, user, password, database: name });
  t.teardown(() => pool.promise().end());
  return drizzle(pool, { logger: { logQuery: (text) => sent.push(text) } });
}
