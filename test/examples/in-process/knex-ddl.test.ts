import knex, { type Knex } from 'knex';
import t, { type Test } from 'tap';
import { forEachServerInTurn, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { changesMade } from '../changes-made.js';
import { quietly, type Step, sideBySide } from '../side-by-side.js';
import { client as AlterwiseClient } from './knex-client.js';

/** One call of `alterTable`. */
function alter(
  name: string,
  change: (table: Knex.AlterTableBuilder) => void,
  more: Partial<Step<Knex>> = {},
) {
  return { name, take: (k: Knex) => k.schema.alterTable('things', change), ...more };
}

const make: readonly Step<Knex>[] = [
  {
    name: 'createTable with keys',
    take: async (k) => {
      await k.schema.createTable('makers', (table) => {
        table.increments('id');
        table.string('name', 60).notNullable().unique();
      });
      await k.schema.createTable('things', (table) => {
        table.increments('id');
        table.string('label', 60).notNullable().defaultTo("it's");
        table.integer('size').index();
        table.enu('color', ['red', 'green']).notNullable().defaultTo('red');
        table.integer('maker_id').unsigned().references('makers.id').onDelete('CASCADE');
        table.text('text');
      });
    },
  },
  {
    name: 'insert',
    take: async (k) => {
      await k('makers').insert([{ name: 'one' }, { name: 'two' }]);
      await k('things').insert([
        { label: 'one', size: 1, maker_id: 1 },
        { label: 'two', size: 2, maker_id: 2 },
      ]);
    },
  },
];

const columns: readonly Step<Knex>[] = [
  alter('columns of all kinds', (table) => {
    table.bigInteger('bigint').unsigned();
    table.tinyint('tinyint');
    table.smallint('smallint');
    table.mediumint('mediumint');
    table.text('long', 'longtext');
    table.float('float');
    table.double('double');
    table.decimal('decimal', 10, 3);
    table.boolean('boolean').notNullable().defaultTo(false);
    table.date('date');
    table.datetime('datetime', { precision: 6 });
    table.time('time');
    table.binary('binary', 20);
    table.json('json');
    table.uuid('uuid');
    table.specificType('point', 'POINT');
    table.enum('enum', ['a', 'b,c']);
  }),
  alter('timestamps', (table) => table.timestamps(true, true)),
  alter('a column with all modifiers', (table) => {
    table
      .string('all', 20)
      .notNullable()
      .defaultTo('x;y')
      .comment("it's -- so")
      .collate('utf8mb4_bin')
      .after('label');
    table.integer('front').first();
  }),
  alter('a column that is unique', (table) => void table.string('serial', 20).unique()),
  alter('a column with an index that references', (table) => {
    table
      .integer('owner_id')
      .unsigned()
      .index('by_owner')
      .references('id')
      .inTable('makers')
      .onUpdate('CASCADE');
  }),
  alter('alter', (table) => {
    table.string('label', 63).notNullable().alter();
    table.bigInteger('size').notNullable().defaultTo(3).alter();
  }),
  alter(
    'alter of the type alone',
    (table) => void table.text('text', 'mediumtext').alter({ alterNullable: false }),
  ),
  alter('setNullable', (table) => table.setNullable('size')),
  alter('dropNullable', (table) => table.dropNullable('size')),
  alter('renameColumn', (table) => table.renameColumn('label', 'title')),
  alter('renameColumn with a default', (table) => table.renameColumn('color', 'shade')),
  {
    name: 'renameColumn that others reference',
    take: (k) => k.schema.alterTable('makers', (table) => table.renameColumn('id', 'maker')),
  },
  alter('a comment on the table', (table) => table.comment('things; of all kinds')),
];

const keys: readonly Step<Knex>[] = [
  alter('index', (table) => void table.index(['title'])),
  alter(
    'index with a kind',
    (table) => void table.index(['title', 'size'], 'several', { storageEngineIndexType: 'btree' }),
  ),
  alter('index FULLTEXT', (table) => void table.index(['text'], 'words', 'FULLTEXT')),
  alter('unique', (table) => void table.unique(['title', 'size'], { indexName: 'one_of' })),
  alter(
    'a column with the same value in every row',
    (table) => void table.integer('same').notNullable().defaultTo(1),
  ),
  alter('unique over rows that are not', (table) => void table.unique(['same']), { fails: 'Error' }),
  alter('index over a column that is missing', (table) => void table.index(['nowhere']), { fails: 'Error' }),
  alter('foreign', (table) => {
    table.integer('seller_id').unsigned();
    table.foreign('seller_id', 'sold_by').references('maker').inTable('makers').onDelete('SET NULL');
  }),
  alter('dropForeign', (table) => table.dropForeign('seller_id', 'sold_by')),
  alter('dropIndex', (table) => table.dropIndex(['title'])),
  alter('dropUnique', (table) => table.dropUnique(['title', 'size'], 'one_of')),
  {
    name: 'primary and dropPrimary',
    take: async (k) => {
      await k.schema.createTable('pairs', (table) => {
        table.integer('a').notNullable();
        table.integer('b').notNullable();
      });
      await k.schema.alterTable('pairs', (table) => void table.primary(['a', 'b']));
      await k.schema.alterTable('pairs', (table) => table.dropPrimary());
    },
  },
  alter('check', (table) => void table.check('`size` > 0', [], 'size_is_positive')),
  alter('dropChecks', (table) => void table.dropChecks('size_is_positive')),
];

const removals: readonly Step<Knex>[] = [
  alter('dropColumn', (table) => void table.dropColumn('json')),
  alter('dropColumns', (table) => void table.dropColumns('uuid', 'time', 'serial')),
  alter('dropTimestamps', (table) => table.dropTimestamps()),
  alter('dropColumn that is referenced from', (table) => {
    table.dropForeign('owner_id');
    table.dropColumn('owner_id');
  }),
  { name: 'raw', take: (k) => k.raw('ALTER TABLE ?? ADD ?? INT DEFAULT ?', ['things', 'x', 5]) },
  { name: 'schema.raw', take: (k) => k.schema.raw('CREATE INDEX by_title ON things (title)') },
  {
    name: 'a change in a transaction',
    take: (k) =>
      k.transaction(async (trx) => {
        await trx.schema.alterTable('things', (table) => void table.integer('inside'));
        await trx('makers').insert({ name: 'three' });
      }),
  },
  { name: 'createTableLike', take: (k) => k.schema.createTableLike('likes', 'things') },
  {
    name: 'createView',
    take: (k) => k.schema.createView('v', (view) => void view.as(k('makers').select('name'))),
  },
  { name: 'dropView', take: (k) => k.schema.dropView('v') },
  { name: 'renameTable', take: (k) => k.schema.renameTable('things', 'goods') },
  {
    name: 'a table that is missing',
    take: (k) => k.schema.alterTable('nowhere', (table) => void table.integer('z')),
    fails: 'Error',
  },
  { name: 'dropTable', take: (k) => k.schema.dropTable('goods') },
];

t.test('what the schema builder of Knex sends', async (t) => {
  const state = quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const [plain, tamed] = [await freshSchema(t, server), await freshSchema(t, server)];
    const before = (await changesMade(state)).length;
    const sent: string[] = [];
    await sideBySide(
      t,
      { schema: plain, tool: connect(t, server, plain, 'mysql2') },
      {
        schema: tamed,
        tool: connect(t, server, tamed, AlterwiseClient as unknown as typeof Knex.Client, sent),
      },
      [...make, ...columns, ...keys, ...removals],
    );
    // What is refused leaves no record.
    const wanted = sent.filter(
      (sql) => /^(?:alter|create index)/i.test(sql) && !/nowhere|add unique `things_same/.test(sql),
    );
    const made = (await changesMade(state)).slice(before);
    t.equal(made.length, wanted.length, 'all went through alterwise');
    t.ok(made.every(({ outcome }) => outcome === 'done'));
  });
});

function connect(
  t: Test,
  { host, port, user, password }: TestServer,
  schema: Schema,
  client: string | typeof Knex.Client,
  sent: string[] = [],
): Knex {
  const tool = knex({ client, connection: { host, port, user, password, database: schema.name } });
  tool.on('query', ({ sql }: { sql: string }) => sent.push(sql));
  t.teardown(() => tool.destroy());
  return tool;
}
