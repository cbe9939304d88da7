import t, { type Test } from 'tap';
import {
  DataSource,
  type Logger,
  type QueryRunner,
  Table,
  TableColumn,
  TableForeignKey,
  TableIndex,
  TableUnique,
} from 'typeorm';
import mysql2 from '../../../lib/adapters/mysql2.js';
import { forEachServerInTurn, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { changesMade } from '../changes-made.js';
import { quietly, type Step, sideBySide } from '../side-by-side.js';

type Steps = readonly Step<QueryRunner>[];

const id = {
  ...{ name: 'id', type: 'int', isPrimary: true, isGenerated: true },
  generationStrategy: 'increment' as const,
};

const make: Steps = [
  {
    name: 'createTable',
    take: async (q) => {
      const name = { name: 'name', type: 'varchar', length: '50' };
      await q.createTable(new Table({ name: 'makers', columns: [id, name] }));
      await q.createTable(
        new Table({
          name: 'things',
          columns: [
            id,
            { name: 'label', type: 'varchar', length: '60', default: "'it''s'" },
            { name: 'size', type: 'int', isNullable: true },
            { name: 'color', type: 'enum', enum: ['red', 'green'], default: "'red'" },
            { name: 'maker_id', type: 'int', isNullable: true },
            { name: 'created_at', type: 'datetime', precision: 6, default: 'CURRENT_TIMESTAMP(6)' },
          ],
          indices: [{ name: 'by_size', columnNames: ['size'] }],
          uniques: [{ name: 'one_label', columnNames: ['label'] }],
        }),
        true,
      );
    },
  },
  {
    name: 'rows',
    take: async (q) => {
      await q.query("INSERT INTO makers (name) VALUES ('one'), ('two')");
      await q.query("INSERT INTO things (label, size, maker_id) VALUES ('a', 1, 1), ('b', 2, NULL)");
    },
  },
];

const columns: Record<string, ConstructorParameters<typeof TableColumn>[0]> = {
  unsigned: { name: 'unsigned', type: 'bigint', unsigned: true, isNullable: true },
  decimal: { name: 'price', type: 'decimal', precision: 10, scale: 3, default: 0 },
  'with a comment': { name: 'text', type: 'text', isNullable: true, comment: 'it\'s; a "comment" -- `all`' },
  'of a character set': {
    ...{ name: 'letters', type: 'varchar', length: '9', isNullable: true },
    ...{ charset: 'utf8mb4', collation: 'utf8mb4_bin' },
  },
  'with ON UPDATE': {
    ...{ name: 'updated_at', type: 'timestamp', precision: 6, isNullable: true },
    onUpdate: 'CURRENT_TIMESTAMP(6)',
  },
  simple: { name: 'flags', type: 'set', enum: ['a', "b'c"], isNullable: true },
  json: { name: 'more', type: 'json', isNullable: true },
  uuid: { name: 'uuid', type: 'varchar', length: '36', isNullable: true },
  unique: { name: 'serial', type: 'varchar', length: '20', isNullable: true, isUnique: true },
  'generated, virtual': {
    ...{ name: 'double', type: 'int', isNullable: true },
    ...{ generatedType: 'VIRTUAL', asExpression: '`size` * 2' },
  },
  'generated, stored': {
    ...{ name: 'half', type: 'int', isNullable: true },
    ...{ generatedType: 'STORED', asExpression: '`size` div 2' },
  },
};

const addColumns: Steps = [
  {
    // TypeORM keeps what generated columns are made of in a table of its own.
    name: 'typeorm_metadata',
    take: (q) =>
      q.query(
        'CREATE TABLE typeorm_metadata (type VARCHAR(255) NOT NULL, `database` VARCHAR(255), `schema` VARCHAR(255), `table` VARCHAR(255), name VARCHAR(255), value TEXT)',
      ),
  },
  ...Object.entries(columns).map(([name, column]) => ({
    name: `addColumn ${name}`,
    take: (q: QueryRunner) => q.addColumn('things', new TableColumn(column)),
  })),
  {
    name: 'addColumns in a transaction in which nothing is written',
    take: async (q) => {
      await q.startTransaction();
      const [one, two] = ['one', 'two'].map((name) => new TableColumn({ name, type: 'int', default: 1 }));
      if (one && two) await q.addColumns('things', [one, two]);
      await q.commitTransaction();
    },
  },
  {
    name: 'addColumn that is there',
    fails: 'QueryFailedError',
    take: (q) => q.addColumn('things', new TableColumn({ name: 'size', type: 'varchar', length: '4' })),
  },
];

const changeColumns: Steps = [
  {
    name: 'changeColumn: NOT NULL and a default',
    take: (q) => change(q, 'size', { isNullable: false, default: '3' }),
  },
  { name: 'changeColumn: a comment', take: (q) => change(q, 'size', { comment: "it's" }) },
  { name: 'changeColumn: more of an ENUM', take: (q) => change(q, 'color', { enum: ['red', 'green', 'b'] }) },
  { name: 'changeColumn: precision', take: (q) => change(q, 'price', { precision: 12 }) },
  {
    name: 'changeColumn: a length, which drops it and adds it anew',
    take: (q) => change(q, 'letters', { length: '12' }),
  },
  { name: 'changeColumn: a type, the same way', take: (q) => change(q, 'uuid', { type: 'char' }) },
  { name: 'changeColumn: unique', take: (q) => change(q, 'uuid', { isUnique: true }) },
  { name: 'changeColumn: no longer', take: (q) => change(q, 'uuid', { isUnique: false }) },
  {
    name: 'changeColumn: another expression',
    take: (q) => change(q, 'half', { asExpression: '`size` div 3' }),
  },
  { name: 'renameColumn', take: (q) => q.renameColumn('things', 'letters', 'signs') },
  { name: 'renameColumn with an index', take: (q) => q.renameColumn('things', 'serial', 'serial_number') },
  {
    name: 'renameColumn that is missing',
    fails: 'TypeORMError',
    take: (q) => q.renameColumn('things', 'nowhere', 'x'),
  },
];

const keys: Steps = [
  {
    name: 'createIndex',
    // Of one column: TypeORM reads those of an index without an order, and makes it anew as they come.
    take: (q) => q.createIndex('things', new TableIndex({ columnNames: ['price'] })),
  },
  {
    name: 'createIndices: unique, and FULLTEXT',
    take: (q) =>
      q.createIndices('things', [
        new TableIndex({ name: 'one_of', columnNames: ['signs', 'price'], isUnique: true }),
        new TableIndex({ name: 'words', columnNames: ['text'], isFulltext: true }),
      ]),
  },
  {
    name: 'createIndex SPATIAL',
    take: async (q) => {
      await q.createTable(new Table({ name: 'places', columns: [id, { name: 'at', type: 'point' }] }));
      await q.createIndex('places', new TableIndex({ name: 'where', columnNames: ['at'], isSpatial: true }));
    },
  },
  {
    name: 'createIndex that is unique, over rows that are not',
    fails: 'QueryFailedError',
    take: (q) =>
      q.createIndex('things', new TableIndex({ name: 'once', columnNames: ['one'], isUnique: true })),
  },
  {
    name: 'createIndex over a column that is missing',
    fails: 'QueryFailedError',
    take: (q) => q.createIndex('things', new TableIndex({ name: 'no', columnNames: ['nowhere'] })),
  },
  { name: 'dropIndex', take: (q) => q.dropIndex('things', 'one_of') },
  {
    name: 'dropIndex that is missing, IF EXISTS',
    take: (q) => q.dropIndex('things', 'nowhere', true),
  },
  {
    name: 'createUniqueConstraint, which TypeORM leaves to indexes',
    fails: 'TypeORMError',
    take: (q) => q.createUniqueConstraint('things', new TableUnique({ columnNames: ['price'] })),
  },
  {
    name: 'createForeignKey',
    take: (q) => q.createForeignKey('things', toMaker({ onDelete: 'CASCADE', onUpdate: 'CASCADE' })),
  },
  {
    name: 'createForeignKey to a table that is missing',
    fails: 'QueryFailedError',
    take: (q) => q.createForeignKey('things', toMaker({ name: 'no', referencedTableName: 'nowhere' })),
  },
  {
    name: 'renameColumn that references',
    take: (q) => q.renameColumn('things', 'maker_id', 'made_by'),
  },
  {
    name: 'createPrimaryKey',
    take: async (q) => {
      const columns = ['a', 'b'].map((name) => ({ name, type: 'int' }));
      await q.createTable(new Table({ name: 'pairs', columns }));
      await q.createPrimaryKey('pairs', ['a']);
    },
  },
  {
    name: 'updatePrimaryKeys',
    take: async (q) => {
      const pairs = await q.getTable('pairs');
      await q.updatePrimaryKeys('pairs', pairs?.columns ?? []);
    },
  },
  { name: 'dropPrimaryKey', take: (q) => q.dropPrimaryKey('pairs') },
];

const tables: Steps = [
  { name: 'changeTableComment', take: (q) => q.changeTableComment('things', "what's there") },
  { name: 'renameTable', take: (q) => q.renameTable('things', 'goods') },
  { name: 'dropForeignKey', take: dropForeignKeys },
  { name: 'dropColumn', take: (q) => q.dropColumn('goods', 'more') },
  { name: 'dropColumn with an index', take: (q) => q.dropColumn('goods', 'serial_number') },
  { name: 'dropColumns, a generated one', take: (q) => q.dropColumns('goods', ['double', 'half']) },
  { name: 'an ALTER TABLE as text', take: (q) => q.query('ALTER TABLE `goods` ADD x INT, DROP `two`;') },
  { name: 'clearTable', take: (q) => q.clearTable('goods') },
  { name: 'dropTable', take: (q) => q.dropTable('goods') },
  {
    name: 'a table that is missing',
    fails: 'QueryFailedError',
    take: (q) => q.query('ALTER TABLE goods ADD y INT'),
  },
];

async function change(q: QueryRunner, name: string, changes: Partial<TableColumn>): Promise<void> {
  const column = (await q.getTable('things'))?.findColumnByName(name);
  if (column === undefined) throw new Error(`no column ${name}`);
  await q.changeColumn('things', name, Object.assign(column.clone(), changes));
}

function toMaker(changes: Partial<ConstructorParameters<typeof TableForeignKey>[0]> = {}): TableForeignKey {
  return new TableForeignKey({
    columnNames: ['maker_id'],
    referencedTableName: 'makers',
    referencedColumnNames: ['id'],
    ...changes,
  });
}

async function dropForeignKeys(q: QueryRunner): Promise<void> {
  const table = await q.getTable('goods');
  await q.dropForeignKeys('goods', [...(table?.foreignKeys ?? [])]);
}

t.test('what TypeORM sends', async (t) => {
  const state = quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const sent: string[] = [];
    const [plain, tamed] = [await freshSchema(t, server), await freshSchema(t, server)];
    const before = (await changesMade(state)).length;
    await sideBySide(
      t,
      { schema: plain, tool: await connect(t, server, plain) },
      { schema: tamed, tool: await connect(t, server, tamed, mysql2, sent) },
      [...make, ...addColumns, ...changeColumns, ...keys, ...tables],
    );
    // What is refused leaves no record.
    const wanted = sent.filter((sql) => /^(?:ALTER|CREATE (?:\w+ )?INDEX|DROP INDEX)/.test(sql));
    const refused = /nowhere|`once`|ADD `size`|goods ADD y/;
    const made = (await changesMade(state)).slice(before);
    t.strictSame(
      made.map(({ sql }) => sql),
      wanted.filter((sql) => !refused.test(sql)).map((sql) => sql.replace(/;$/, '')),
      'all went through alterwise',
    );
  });
});

async function connect(
  t: Test,
  { host, port, user, password, kind }: TestServer,
  { name }: Schema,
  driver?: object,
  sent?: string[],
): Promise<QueryRunner> {
  const source = new DataSource({
    ...{ type: kind.startsWith('mariadb') ? 'mariadb' : 'mysql', database: name },
    ...{ host, port, username: user, password },
    ...(driver && { driver }),
    ...(sent && { logging: ['query'] as const, logger: noting(sent) }),
  });
  await source.initialize();
  const runner = source.createQueryRunner();
  t.teardown(async () => {
    await runner.release();
    await source.destroy();
  });
  return runner;
}

function noting(sent: string[]): Logger {
  const ignore = () => undefined;
  return {
    logQuery: (sql) => sent.push(sql),
    ...{
      logQueryError: ignore,
      logQuerySlow: ignore,
      logSchemaBuild: ignore,
      logMigration: ignore,
      log: ignore,
    },
  };
}
