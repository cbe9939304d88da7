import { DataTypes, type QueryInterface, Sequelize } from 'sequelize';
import t, { type Test } from 'tap';
import mysql2 from '../../../lib/adapters/mysql2.js';
import { forEachServerInTurn, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { changesMade } from '../changes-made.js';
import { quietly, type Step, sideBySide } from '../side-by-side.js';

type Steps = readonly Step<QueryInterface>[];

const make: Steps = [
  {
    name: 'createTable',
    take: async (q) => {
      await q.createTable('makers', {
        id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
        name: { type: DataTypes.STRING, allowNull: false, unique: true },
        country: { type: DataTypes.CHAR(2), allowNull: false, defaultValue: 'de' },
      });
      await q.createTable('things', {
        id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
        label: { type: DataTypes.STRING(60), allowNull: false, defaultValue: "it's" },
        size: { type: DataTypes.INTEGER, allowNull: true },
        color: { type: DataTypes.ENUM('red', 'green'), allowNull: false, defaultValue: 'red' },
        text: { type: DataTypes.TEXT },
        createdAt: { type: DataTypes.DATE, allowNull: false },
      });
    },
  },
  {
    name: 'bulkInsert',
    take: async (q) => {
      const createdAt = new Date('2026-01-01T00:00:00Z');
      await q.bulkInsert('makers', [{ name: 'one' }, { name: 'two' }]);
      await q.bulkInsert('things', [
        { label: 'one', size: 1, color: 'red', createdAt },
        { label: 'two', size: 2, color: 'green', createdAt },
      ]);
    },
  },
];

const types = {
  binaryString: DataTypes.STRING(20, true),
  unsigned: DataTypes.INTEGER.UNSIGNED,
  decimal: DataTypes.DECIMAL(10, 3),
  boolean: DataTypes.BOOLEAN,
  date: DataTypes.DATE(6),
  json: DataTypes.JSON,
  enum: DataTypes.ENUM('a', "b'c", 'd,e'),
  point: DataTypes.GEOMETRY('POINT'),
};

const addColumns: Steps = [
  ...Object.entries(types).map(([name, type]) => ({
    name: `addColumn ${name}`,
    take: (q: QueryInterface) => q.addColumn('things', name, { type, allowNull: true }),
  })),
  {
    name: 'addColumn with a default',
    take: (q) =>
      q.addColumn('things', 'rank', { type: DataTypes.INTEGER, allowNull: false, defaultValue: 7 }),
  },
  {
    name: 'addColumn in a place, with a comment',
    take: async (q) => {
      const comment = 'it\'s; a "comment" -- with `all`';
      await q.addColumn('things', 'after', { type: DataTypes.STRING(9), comment, after: 'label' } as never);
      await q.addColumn('things', 'first', { type: DataTypes.INTEGER, first: true } as never);
    },
  },
  {
    name: 'addColumn that is unique',
    take: (q) => q.addColumn('things', 'serial', { type: DataTypes.STRING(20), unique: true }),
  },
  {
    name: 'addColumn that references',
    take: (q) =>
      q.addColumn('things', 'makerId', {
        type: DataTypes.INTEGER,
        references: { model: 'makers', key: 'id' },
        onDelete: 'SET NULL',
        onUpdate: 'CASCADE',
      }),
  },
  {
    name: 'addColumn in a transaction',
    take: (q) =>
      q.sequelize.transaction(async (transaction) => {
        await q.addColumn('things', 'inside', { type: DataTypes.INTEGER }, { transaction });
        await q.addColumn('makers', 'inside', { type: DataTypes.INTEGER }, { transaction });
      }),
  },
];

const changeColumns: Steps = [
  {
    name: 'changeColumn to a longer string',
    take: (q) => q.changeColumn('things', 'label', { type: DataTypes.STRING(63), allowNull: false }),
  },
  {
    name: 'changeColumn to a larger number with a default',
    take: (q) =>
      q.changeColumn('things', 'size', { type: DataTypes.BIGINT, allowNull: true, defaultValue: 3 }),
  },
  {
    name: 'changeColumn to NOT NULL',
    take: (q) => q.changeColumn('things', 'size', { type: DataTypes.BIGINT, allowNull: false }),
  },
  {
    name: 'changeColumn of an ENUM',
    take: (q) =>
      q.changeColumn('things', 'color', {
        type: DataTypes.ENUM('red', 'green', 'blue'),
        allowNull: false,
        defaultValue: 'red',
      }),
  },
  {
    name: 'changeColumn by a type alone',
    take: (q) => q.changeColumn('things', 'text', DataTypes.TEXT('medium')),
  },
  {
    name: 'changeColumn to unique',
    take: (q) => q.changeColumn('makers', 'country', { type: DataTypes.STRING(8), comment: 'ISO' }),
  },
  {
    name: 'changeColumn that references',
    take: async (q) => {
      await q.addColumn('things', 'owner', { type: DataTypes.INTEGER });
      await q.changeColumn('things', 'owner', {
        type: DataTypes.INTEGER,
        references: { model: 'makers', key: 'id' },
      });
    },
  },
  { name: 'renameColumn', take: (q) => q.renameColumn('things', 'label', 'title') },
  { name: 'renameColumn with a default', take: (q) => q.renameColumn('things', 'color', 'shade') },
  { name: 'renameColumn that references', take: (q) => q.renameColumn('things', 'makerId', 'maker_id') },
  {
    name: 'renameColumn that is missing',
    fails: 'Error',
    take: (q) => q.renameColumn('things', 'nowhere', 'x'),
  },
];

const indexes: Steps = [
  { name: 'addIndex', take: (q) => q.addIndex('things', ['title']) },
  {
    name: 'addIndex over several columns, with an order and a part',
    take: (q) =>
      q.addIndex('things', {
        name: 'several',
        fields: [{ name: 'title', length: 10 }, { name: 'size', order: 'DESC' }, 'rank'],
        using: 'BTREE',
      } as never),
  },
  {
    name: 'addIndex that is unique',
    take: (q) => q.addIndex('things', ['title', 'size'], { unique: true, name: 'one_of' }),
  },
  {
    name: 'addIndex that is unique, over rows that are not',
    fails: 'UniqueConstraintError',
    take: async (q) => {
      await q.addColumn('things', 'same', { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 });
      await q.addIndex('things', ['same'], { unique: true, name: 'same_once' });
    },
  },
  {
    name: 'addIndex FULLTEXT',
    take: (q) => q.addIndex('things', ['text'], { type: 'FULLTEXT', name: 'words' }),
  },
  {
    name: 'addIndex SPATIAL',
    take: async (q) => {
      await q.createTable('places', {
        id: { type: DataTypes.INTEGER, primaryKey: true },
        at: { type: DataTypes.GEOMETRY('POINT'), allowNull: false },
      });
      await q.addIndex('places', ['at'], { type: 'SPATIAL', name: 'where' });
    },
  },
  {
    name: 'addIndex over a column that is missing',
    fails: 'DatabaseError',
    take: (q) => q.addIndex('things', ['nowhere']),
  },
  { name: 'removeIndex by its name', take: (q) => q.removeIndex('things', 'several') },
  { name: 'removeIndex by its columns', take: (q) => q.removeIndex('things', ['title']) },
];

const constraints: Steps = [
  {
    name: 'addConstraint UNIQUE',
    take: (q) => q.addConstraint('things', { type: 'unique', fields: ['serial', 'size'], name: 'both' }),
  },
  { name: 'removeConstraint UNIQUE', take: (q) => q.removeConstraint('things', 'both') },
  {
    name: 'addConstraint FOREIGN KEY',
    take: async (q) => {
      await q.addColumn('things', 'seller', { type: DataTypes.INTEGER });
      await q.addConstraint('things', {
        type: 'foreign key',
        fields: ['seller'],
        name: 'sold_by',
        references: { table: 'makers', field: 'id' },
        onDelete: 'cascade',
        onUpdate: 'cascade',
      });
    },
  },
  {
    name: 'addConstraint FOREIGN KEY to a table that is missing',
    fails: 'DatabaseError',
    take: (q) =>
      q.addConstraint('things', {
        type: 'foreign key',
        fields: ['rank'],
        references: { table: 'nowhere', field: 'id' },
        onDelete: 'cascade',
        onUpdate: 'cascade',
      }),
  },
  { name: 'removeConstraint FOREIGN KEY', take: (q) => q.removeConstraint('things', 'sold_by') },
  {
    name: 'removeConstraint that is missing',
    fails: 'UnknownConstraintError',
    take: (q) => q.removeConstraint('things', 'nowhere'),
  },
  {
    name: 'addConstraint and removeConstraint PRIMARY KEY',
    take: async (q) => {
      await q.createTable('pairs', {
        a: { type: DataTypes.INTEGER, allowNull: false },
        b: { type: DataTypes.INTEGER, allowNull: false },
      });
      await q.addConstraint('pairs', { type: 'primary key', fields: ['a', 'b'] });
    },
  },
  { name: 'removeConstraint PRIMARY KEY', take: (q) => q.removeConstraint('pairs', 'PRIMARY') },
];

const removals: Steps = [
  { name: 'removeColumn', take: (q) => q.removeColumn('things', 'json') },
  { name: 'removeColumn with an index', take: (q) => q.removeColumn('things', 'serial') },
  { name: 'removeColumn that references', take: (q) => q.removeColumn('things', 'maker_id') },
  { name: 'removeColumn with two foreign keys', take: removeTwice },
  {
    name: 'an ALTER TABLE as text',
    take: (q) => q.sequelize.query('ALTER TABLE `things` ADD x INT, DROP `rank`;'),
  },
  {
    name: 'an ALTER TABLE with replacements',
    take: (q) =>
      q.sequelize.query("ALTER TABLE things ADD y VARCHAR(20) DEFAULT :y COMMENT ':y'", {
        replacements: { y: "o'clock" },
      }),
  },
  { name: 'CREATE INDEX and DROP INDEX as text', take: createAndDrop },
  { name: 'renameTable', take: (q) => q.renameTable('things', 'goods') },
  {
    name: 'a table that is missing',
    fails: 'DatabaseError',
    take: (q) => q.addColumn('things', 'z', { type: DataTypes.INTEGER }),
  },
  { name: 'dropTable', take: (q) => q.dropTable('goods') },
  { name: 'dropAllTables', take: (q) => q.dropAllTables() },
];

async function removeTwice(q: QueryInterface): Promise<void> {
  await q.addConstraint('things', {
    ...{ type: 'foreign key', fields: ['owner'], name: 'owner_again' },
    references: { table: 'makers', field: 'id' },
  } as never);
  await q.removeColumn('things', 'owner');
}

async function createAndDrop(q: QueryInterface): Promise<void> {
  await q.sequelize.query('CREATE UNIQUE INDEX by_title ON things (title)');
  await q.sequelize.query('DROP INDEX by_title ON `things`');
}

t.test('what Sequelize sends', async (t) => {
  const state = quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const sent: string[] = [];
    const [plain, tamed] = [await freshSchema(t, server), await freshSchema(t, server)];
    const before = (await changesMade(state)).length;
    await sideBySide(
      t,
      { schema: plain, tool: connect(t, server, plain).getQueryInterface() },
      { schema: tamed, tool: connect(t, server, tamed, mysql2, sent).getQueryInterface() },
      [...make, ...addColumns, ...changeColumns, ...indexes, ...constraints, ...removals],
    );
    // What is refused leaves no record, and a RENAME is the server's.
    const wanted = sent.filter(
      (sql) =>
        /^(?:ALTER|CREATE UNIQUE|DROP INDEX)/.test(sql) && !/nowhere|same_once|`z`|RENAME TO/.test(sql),
    );
    const made = (await changesMade(state)).slice(before);
    t.strictSame(
      made.map(({ sql }) => sql).sort(),
      wanted.map((sql) => sql.replace(/;$/, '')).sort(),
      'all went through alterwise',
    );
  });
});

function connect(
  t: Test,
  { host, port, user, password }: TestServer,
  schema: Schema,
  dialectModule?: object,
  sent?: string[],
): Sequelize {
  const sequelize = new Sequelize(schema.name, user, password, {
    ...{ host, port, dialect: 'mysql' },
    ...(dialectModule && { dialectModule }),
    logging: sent === undefined ? false : (line) => sent.push(line.replace(/^Executing \([^)]*\): /, '')),
  });
  t.teardown(() => sequelize.close());
  return sequelize;
}
