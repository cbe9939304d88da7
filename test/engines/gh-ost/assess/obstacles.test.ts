import t from 'tap';
import { obstacles } from '../../../../lib/engines/gh-ost/assess/assess.js';
import type { GhostFacts } from '../../../../lib/engines/gh-ost/assess/facts.js';
import { neighbourQuery } from '../../../../lib/engines/gh-ost/assess/server.js';
import { parseStatements } from '../../../../lib/sql/parse.js';
import type { Column, Index, IndexPart } from '../../../../lib/table/shape.js';
import { forEachServer, freshSchema } from '../../../servers.js';

function column(name: string, type: string, over: Partial<Column> = {}): Column {
  const dataType = /^\w+/.exec(type)?.[0] ?? '';
  const isText = /char|text|enum/.test(dataType);
  return {
    name,
    type,
    dataType,
    ...(isText && { charset: 'utf8mb4', collation: 'utf8mb4_bin' }),
    nullable: false,
    extra: '',
    generated: false,
    comment: '',
    ...over,
  };
}

function part(name: string | undefined, nullable = false): IndexPart {
  return {
    ...(name === undefined ? { expression: 'b + 1' } : { column: name }),
    nullable,
    descending: false,
  };
}

function unique(name: string, ...parts: IndexPart[]): Index {
  return { name, unique: true, type: 'BTREE', parts };
}

const primary = unique('PRIMARY', part('id'));
const columns = [column('id', 'int'), column('note', 'varchar(20)', { nullable: true })];

interface Case {
  spec?: string;
  table?: Partial<GhostFacts['table']>;
  after?: GhostFacts['after'] | 'unknown';
  binlog?: Partial<GhostFacts['server']['binlog']>;
  topology?: Partial<GhostFacts['server']['topology']>;
  facts?: Partial<GhostFacts>;
}

function found({ spec = 'ADD COLUMN c INT', table, after, binlog, topology, facts }: Case): string[] {
  const [statement] = parseStatements(`ALTER TABLE t ${spec}`);
  if (!statement) throw new Error(spec);
  const before = {
    name: { schema: 'shop', name: 't' },
    engine: 'InnoDB',
    columns,
    definition: '',
    indexes: [primary],
    foreignKeys: { outgoing: [], incoming: [] },
    triggers: [],
    ...table,
  };
  const list = obstacles({
    statement,
    table: before,
    ...(after !== 'unknown' && { after: after ?? before }),
    server: {
      binlog: {
        enabled: true,
        format: 'ROW',
        rowImage: 'FULL',
        partialJson: false,
        compressed: false,
        gtid: false,
        logReplicaUpdates: true,
        ...binlog,
      },
      topology: { readOnly: false, galera: false, groupReplication: false, ...topology },
      caseSensitiveNames: true,
    },
    sqlMode: 'STRICT_TRANS_TABLES',
    utc: true,
    neighbours: ['t'],
    grants: ['GRANT ALL PRIVILEGES ON *.* TO `app`@`%`'],
    account: "'app'@'%'",
    ...facts,
  });
  for (const { text, next } of list) {
    if (!/[.]$/.test(text) || next === '') throw new Error(`${text} / ${next}`);
  }
  return list.map(({ id }) => id);
}

function named(schema: string, name: string): Case {
  return { table: { name: { schema, name } }, facts: { neighbours: [name] } };
}

const fk = { name: 'fk', child: { schema: 'shop', name: 'c' }, parent: { schema: 'shop', name: 't' } };
const withKey = (before: Column, after: Column): Case => ({
  spec: 'MODIFY id BIGINT',
  table: { columns: [before] },
  after: { columns: [after], indexes: [primary] },
});
const text = (collation: string) => column('id', 'varchar(10)', { collation });
const grants = (...lines: string[]) => ({ facts: { grants: lines } });
const replication = 'GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `app`@`%`';
const list = 'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, INDEX, ALTER, LOCK TABLES, TRIGGER';

const cases: readonly [name: string, facts: Case, ...ids: string[]][] = [
  ['nothing in the way', {}],
  ['a probe that was switched off, and an addition', { after: 'unknown' }],
  // the server
  ['no binlog', { binlog: { enabled: false } }, 'ghost-binlog-off'],
  ['statements in the binlog', { binlog: { format: 'MIXED' } }, 'ghost-binlog-format'],
  ['a part of each row', { binlog: { rowImage: 'MINIMAL' } }, 'ghost-binlog-row-image'],
  ['a part of each JSON', { binlog: { partialJson: true } }, 'ghost-binlog-partial-json'],
  ['compressed', { binlog: { compressed: true } }, 'ghost-binlog-compressed'],
  [
    'two at once',
    { binlog: { format: 'MIXED', compressed: true } },
    'ghost-binlog-format',
    'ghost-binlog-compressed',
  ],
  ['read-only', { topology: { readOnly: true } }, 'ghost-read-only'],
  ['Galera', { topology: { galera: true } }, 'ghost-galera'],
  ['somebody else', { facts: { busy: 'connection 4' } }, 'ghost-busy'],
  // the account
  ['no grants', grants(), 'ghost-privileges'],
  ['all on the schema', grants(replication, 'GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%`')],
  ['a list on the schema', grants(replication, `GRANT ${list} ON \`shop\`.* TO \`app\`@\`%\``)],
  ['a list on everything', grants(replication, `GRANT ${list} ON *.* TO \`app\`@\`%\``)],
  [
    'SUPER',
    grants('GRANT SUPER, REPLICATION SLAVE ON *.* TO `a`@`%`', 'GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`'),
  ],
  [
    'a list without TRIGGER',
    grants(replication, `GRANT ${list.replace(', TRIGGER', '')} ON \`shop\`.* TO x`),
    'ghost-privileges',
  ],
  [
    'another schema',
    grants(replication, 'GRANT ALL PRIVILEGES ON `shop2`.* TO `app`@`%`'),
    'ghost-privileges',
  ],
  ['no replication', grants('GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%`'), 'ghost-privileges'],
  ['a role', grants('GRANT USAGE ON *.* TO `app`@`%`', 'GRANT `dba`@`%` TO `app`@`%`'), 'ghost-privileges'],
  // the table
  ['an engine without rows', { table: { engine: 'BLACKHOLE' } }, 'ghost-engine'],
  ['MyISAM', { table: { engine: 'MyISAM' } }],
  ['a parent', { table: { foreignKeys: { outgoing: [], incoming: [fk] } } }, 'ghost-foreign-key-parent'],
  ['a child', { table: { foreignKeys: { outgoing: [fk], incoming: [] } } }, 'ghost-foreign-key-child'],
  ['a new foreign key', { spec: 'ADD FOREIGN KEY (c) REFERENCES p (id)' }],
  ['one to itself', { spec: 'ADD FOREIGN KEY (c) REFERENCES T (id)' }, 'ghost-foreign-key-self'],
  [
    'one to itself, qualified',
    { spec: 'ADD FOREIGN KEY (c) REFERENCES shop.t (id)' },
    'ghost-foreign-key-self',
  ],
  ['one to its namesake', { spec: 'ADD FOREIGN KEY (c) REFERENCES other.t (id)' }],
  [
    'triggers',
    { table: { triggers: [{ name: 'x', when: 'BEFORE INSERT', statement: '' }] } },
    'ghost-triggers',
  ],
  [
    'a history',
    { table: { definition: 'CREATE TABLE `t` (\n  `id` int\n) ENGINE=InnoDB WITH SYSTEM VERSIONING' } },
    'ghost-history',
  ],
  // names
  ['a schema with a space', named('my shop', 't'), 'ghost-name'],
  ['a schema with a dollar', named('a$b', 't'), 'ghost-name'],
  ['a schema with a dash', named('my-shop', 't')],
  ['a table with a quote', named('shop', "it's"), 'ghost-name'],
  ['a table with a back-tick', named('shop', 'a`b'), 'ghost-name'],
  ['a table with a space', named('shop', 'my table')],
  ['a long table', named('shop', 'n'.repeat(64))],
  ['a table in another script', named('shop', '表')],
  ['one that is cut', named('shop', 'ä'.repeat(40)), 'ghost-name'],
  ['one whose old name is cut', named('shop', `${'a'.repeat(43)}ä`), 'ghost-name'],
  ['a column with a back-tick', { table: { columns: [...columns, column('a`b', 'int')] } }, 'ghost-name'],
  ['a copy', { facts: { neighbours: ['t', '_t_gho'] } }, 'ghost-leftovers'],
  ['an old table: the next one gets a timestamp', { facts: { neighbours: ['t', '_t_del'] } }],
  ['a changelog', { facts: { neighbours: ['t', '_t_ghc'] } }, 'ghost-leftovers'],
  ['checkpoints', { facts: { neighbours: ['t', '_t_ghk'] } }, 'ghost-leftovers'],
  ['what LIKE takes for it', { facts: { neighbours: ['t', 'xt_gho'] } }, 'ghost-leftovers'],
  ['what only looks like it', { facts: { neighbours: ['t', 'xt_ghc', '_tt_gho', '_t_gho2'] } }],
  ['a twin', { facts: { neighbours: ['t', 'T'] } }, 'ghost-case-twin'],
  // how it reads the ALTER
  ['CHANGE', { spec: 'CHANGE note remark VARCHAR(20)' }],
  ['CHANGE with quotes', { spec: 'CHANGE COLUMN `note` `remark` VARCHAR(20)' }],
  ['CHANGE of the type', { spec: 'CHANGE note note VARCHAR(30)' }],
  ['CHANGE of the case', { spec: 'CHANGE note NOTE VARCHAR(30)' }],
  ['CHANGE with the name in another case', { spec: 'CHANGE NOTE remark VARCHAR(20)' }, 'ghost-rename'],
  ['CHANGE of a name with a space', { spec: 'CHANGE `no te` remark VARCHAR(20)' }, 'ghost-rename'],
  ['CHANGE IF EXISTS', { spec: 'CHANGE COLUMN IF EXISTS note remark VARCHAR(20)' }, 'ghost-rename'],
  ['CHANGE in an executable comment', { spec: '/*!50000 CHANGE note remark VARCHAR(20) */' }],
  ['RENAME COLUMN', { spec: 'RENAME COLUMN note TO remark' }, 'ghost-rename'],
  ['RENAME INDEX', { spec: 'RENAME INDEX a TO b' }],
  ['a rename within a text', { spec: 'ADD c INT COMMENT "change note remark now"' }, 'ghost-rename'],
  ['DROP', { spec: 'DROP COLUMN note', after: { columns: columns.slice(0, 1), indexes: [primary] } }],
  ['DROP and ADD', { spec: 'DROP note, ADD note INT' }],
  ['DROP IF EXISTS and ADD', { spec: 'DROP COLUMN IF EXISTS note, ADD note INT' }, 'ghost-misread'],
  ['DROP DEFAULT', { spec: 'ALTER note DROP DEFAULT' }],
  ['DROP INDEX', { spec: 'DROP INDEX note' }],
  ['a drop within a text', { spec: "ADD c INT COMMENT 'don\\'t drop note, please'" }, 'ghost-misread'],
  ['an ALTER TABLE within a text', { spec: "ADD c INT COMMENT 'alter table x'" }, 'ghost-misread'],
  ['a RENAME TO within a text', { spec: 'ADD c INT COMMENT "will rename to d soon"' }, 'ghost-misread'],
  [
    'ANSI_QUOTES',
    { spec: 'ADD c INT COMMENT "x"', facts: { sqlMode: 'ANSI,ANSI_QUOTES' } },
    'ghost-sql-mode',
  ],
  ['ANSI_QUOTES without quotes', { spec: "ADD c INT COMMENT 'x'", facts: { sqlMode: 'ANSI_QUOTES' } }],
  [
    'NO_BACKSLASH_ESCAPES',
    { spec: "ADD c INT COMMENT 'a\\nb'", facts: { sqlMode: 'NO_BACKSLASH_ESCAPES' } },
    'ghost-sql-mode',
  ],
  // the key
  ['no key', { table: { indexes: [] } }, 'ghost-no-unique-key'],
  ['an expression for a key', { table: { indexes: [unique('u', part(undefined))] } }, 'ghost-no-unique-key'],
  [
    'an expression in the key',
    { table: { indexes: [unique('u', part('id'), part(undefined))] } },
    'ghost-functional-key',
  ],
  ['a key that may be NULL', { table: { indexes: [unique('u', part('note', true))] } }, 'ghost-nullable-key'],
  ['a FLOAT', { table: { columns: [column('id', 'float')] } }, 'ghost-no-shared-key'],
  [
    'another key',
    { after: { columns: [...columns, column('n', 'int')], indexes: [unique('PRIMARY', part('n'))] } },
    'ghost-no-shared-key',
  ],
  ['a longer key', { after: { columns, indexes: [unique('PRIMARY', part('id'), part('note'))] } }],
  ['an integer that grows', withKey(column('id', 'int'), column('id', 'bigint'))],
  ['an integer that shrinks', withKey(column('id', 'bigint'), column('id', 'int'))],
  ['text that grows', withKey(column('id', 'varchar(10)'), column('id', 'varchar(20)'))],
  ['another collation', withKey(text('utf8mb4_bin'), text('utf8mb4_0900_ai_ci')), 'ghost-key-change'],
  [
    'seconds that are rounded',
    withKey(column('id', 'datetime(6)'), column('id', 'datetime')),
    'ghost-key-change',
  ],
  ['seconds that are divided', withKey(column('id', 'datetime'), column('id', 'datetime(6)'))],
  ['DATETIME to TIMESTAMP', withKey(column('id', 'datetime'), column('id', 'timestamp')), 'ghost-key-change'],
  ['text to a number', withKey(column('id', 'varchar(9)'), column('id', 'int')), 'ghost-key-change'],
  ['no probe', { spec: 'MODIFY id BIGINT', after: 'unknown' }, 'ghost-key-unknown'],
];

for (const [name, facts, ...ids] of cases) {
  t.test(name, async (t) => t.same(found(facts), ids));
}

t.test('the neighbours that matter', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mysql-5.7', 'mariadb-11.4'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const expected = ['T', '_t_ghc', '_t_gho', 't', 'xt_gho'];
    for (const name of [...expected, 'x', '_t_del', '_tt_gho', 'xt_ghc']) {
      await schema.query(`CREATE TABLE \`${name}\` (id INT PRIMARY KEY)`);
    }
    const { sql, values } = neighbourQuery({ schema: schema.name, name: 't' });
    const rows = await schema.query<{ name: string }>(sql, values);
    t.same(rows.map(({ name }) => name).sort(), expected);
  });
});
