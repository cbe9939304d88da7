import t from 'tap';
import type { ChangeFacts } from '../../lib/checks/shared/facts.js';
import { compatibility } from '../../lib/compatibility/compatibility.js';
import type { Rename } from '../../lib/documents/plan.js';
import { differenceOf } from '../../lib/probe/difference.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { Column, Index } from '../../lib/table/shape.js';
import { column } from '../support/columns.js';

/** Columns and keys as a person writes them: `a int!` is NOT NULL, `a int=5` has a default. */
interface Side {
  columns: readonly (string | Column)[];
  keys?: readonly string[];
  /** Lines of SHOW CREATE TABLE that are neither. */
  lines?: readonly string[];
}

interface Case {
  alter: string;
  before: Side;
  after: Side;
  /** What the tracer found; else what the statement declares. */
  renames?: readonly Rename[];
  lost?: readonly string[];
  /** The verdicts and the ids of reasons: `no: column-dropped`. */
  previous: string;
  next: string;
  steps?: readonly (string | RegExp)[];
}

const id = 'id int!';
const cases: Case[] = [
  {
    alter: 'DROP COLUMN a',
    before: { columns: [id, 'a int'] },
    after: { columns: [id] },
    previous: 'no: column-dropped',
    next: 'yes',
    steps: ['Deploy a version that neither reads nor writes a.', 'Make this change.'],
  },
  {
    alter: 'DROP COLUMN a',
    before: { columns: [id, 'a int!'] },
    after: { columns: [id] },
    previous: 'no: column-dropped',
    next: 'no: column-dropped',
    steps: [
      'ALTER TABLE `shop`.`t` MODIFY `a` int NULL',
      'Deploy a version that neither reads nor writes a.',
      'ALTER TABLE `shop`.`t` DROP COLUMN `a`',
    ],
  },
  {
    alter: 'CHANGE a b INT NOT NULL',
    before: {
      columns: [id, 'a int!', column_('upd', { type: 'timestamp', extra: 'on update CURRENT_TIMESTAMP' })],
    },
    after: {
      columns: [id, 'b int!', column_('upd', { type: 'timestamp', extra: 'on update CURRENT_TIMESTAMP' })],
    },
    previous: 'no: column-renamed',
    next: 'no: column-renamed',
    steps: [
      'ALTER TABLE `shop`.`t` ADD COLUMN `b` int NULL, MODIFY `a` int NULL',
      'Deploy a version that writes both a and b, and reads a.',
      'UPDATE `shop`.`t` SET `b` = `a`, `upd` = `upd` WHERE NOT `b` <=> `a` (in pieces if the table is large)',
      'ALTER TABLE `shop`.`t` MODIFY `b` int NOT NULL',
      'Deploy a version that reads and writes b alone.',
      'ALTER TABLE `shop`.`t` DROP COLUMN `a`',
    ],
  },
  {
    alter: 'ADD COLUMN b INT, DROP COLUMN a', // the values moved, whatever the statement says
    before: { columns: [id, 'a int'] },
    after: { columns: [id, 'b int'] },
    renames: [{ from: 'a', to: 'b' }],
    previous: 'no: column-renamed',
    next: 'no: column-renamed',
  },
  {
    alter: 'RENAME COLUMN a TO b, RENAME COLUMN b TO a',
    before: { columns: [id, 'a int', 'b int'] },
    after: { columns: [id, 'b int', 'a int'] },
    previous: 'no: column-swapped',
    next: 'no: column-swapped',
  },
  {
    alter: 'DROP COLUMN a, ADD COLUMN a INT',
    before: { columns: [id, 'a int'] },
    after: { columns: [id, 'a int'] },
    lost: ['a'],
    previous: 'maybe: values-lost',
    next: 'yes',
  },
  {
    alter: 'ADD COLUMN a INT NOT NULL',
    before: { columns: [id] },
    after: { columns: [id, 'a int!'] },
    previous: 'no: column-without-default positional',
    next: 'no: column-without-default',
    steps: [
      'If it inserts or selects by position, deploy a version that names the columns.',
      'ALTER TABLE `shop`.`t` ADD COLUMN `a` int NULL',
      'Deploy a version that gives a a value in every INSERT.',
      'UPDATE `shop`.`t` SET `a` = … WHERE `a` IS NULL (in pieces if the table is large)',
      'ALTER TABLE `shop`.`t` MODIFY `a` int NOT NULL',
    ],
  },
  ...[
    'a int',
    'a int!=5',
    column_('a', { extra: 'auto_increment', nullable: false }),
    "a enum('x','y')!",
  ].map(
    (added): Case => ({
      alter: 'ADD COLUMN a …',
      before: { columns: [id] },
      after: { columns: [id, added] },
      previous: 'maybe: positional column-added',
      next: 'no: column-added',
      steps: [/by position/, 'Make this change.', 'Deploy a version that uses a.'],
    }),
  ),
  {
    alter: 'ADD COLUMN a INT INVISIBLE',
    before: { columns: [id] },
    after: { columns: [id, column_('a', { extra: 'INVISIBLE' })] },
    previous: 'yes: column-added',
    next: 'no: column-added',
  },
  {
    alter: 'ALTER COLUMN a SET INVISIBLE',
    before: { columns: [id, 'a int'] },
    after: { columns: [id, column_('a', { extra: 'INVISIBLE' })] },
    previous: 'maybe: positional',
    next: 'yes',
  },
  modified('a bigint', 'a int', 'maybe: column-narrowed', 'yes'),
  modified('a int', 'a bigint', 'yes', 'maybe: column-widened', 'Make this change.', /^Deploy/),
  modified('a int', 'a int unsigned', 'maybe: column-narrowed', 'maybe: column-widened'),
  modified('a int(11)', 'a int(5)', 'yes', 'yes'),
  modified('a varchar(50)', 'a varchar(20)', 'maybe: column-narrowed', 'yes'),
  modified('a varchar(50)', 'a text', 'yes', 'maybe: column-widened'),
  modified('a varchar(64)', 'a tinytext', 'maybe: column-narrowed', 'maybe: column-widened'),
  modified('a decimal(10,2)', 'a decimal(12,4)', 'yes', 'maybe: column-widened'),
  modified('a decimal(10,2)', 'a decimal(9,1)', 'maybe: column-rounded', 'yes'),
  modified('a decimal(10,2)', 'a decimal(10,3)', 'maybe: column-narrowed', 'maybe: column-widened'),
  modified('a int', 'a decimal(10,0)', 'yes', 'maybe: column-widened'),
  modified('a datetime(6)', 'a datetime', 'maybe: column-rounded', 'yes'),
  modified('a datetime', 'a timestamp', 'maybe: column-type', 'maybe: column-type'),
  modified('a tinyint(1)', 'a tinyint(4)', 'maybe: column-boolean', 'yes'),
  modified(
    'a int',
    'a varchar(20)',
    'maybe: column-type',
    'maybe: column-type',
    'ALTER TABLE `shop`.`t` ADD COLUMN `a_new` varchar(20)',
    /writes both a and a_new/,
    /^UPDATE/,
    /a_new alone/,
    'ALTER TABLE `shop`.`t` DROP COLUMN `a`',
  ),
  modified(
    "a enum('x','y')",
    "a enum('x')",
    'no: member-removed',
    'maybe: member-removed',
    /^Deploy/,
    /IN \('y'\)/,
    'Make this change.',
  ),
  modified(
    "a set('x','y')",
    "a set('x')",
    'no: member-removed',
    'maybe: member-removed',
    /^Deploy/,
    /FIND_IN_SET\('y'/,
    'Make this change.',
  ),
  modified("a enum('x')", "a enum('x','y')", 'yes: member-added', 'no: member-added'),
  modified("a enum('x','y')", "a enum('y','x')", 'maybe: member-order', 'maybe: member-order'),
  modified('a int', 'a int!=1', 'maybe: null-refused default-changed', 'maybe: null-refused default-changed'),
  modified('a int', 'a int!', 'maybe: null-refused default-gone', 'maybe: null-refused'),
  modified('a int!=1', 'a int=1', 'maybe: null-allowed', 'maybe: null-allowed'),
  modified('a int=1', 'a int=2', 'maybe: default-changed', 'maybe: default-changed'),
  modified('a int!', 'a int!=2', 'yes', 'maybe: default-new'),
  modified(
    column_('a', { collation: 'utf8mb4_bin' }),
    column_('a', { collation: 'utf8mb4_general_ci' }),
    'maybe: collation-changed',
    'maybe: collation-changed',
  ),
  modified(
    column_('a', { type: 'varchar(9)', charset: 'utf8mb4' }),
    column_('a', { type: 'varchar(9)', charset: 'latin1' }),
    'yes',
    'yes',
  ),
  modified('a int', column_('a', { generated: true }), 'no: column-generated', 'maybe: column-generated'),
  modified(
    column_('a', { generated: true }),
    'a int',
    'maybe: column-not-generated',
    'no: column-not-generated',
  ),
  modified('a int', column_('a', { comment: 'new' }), 'yes', 'yes'),
  {
    alter: 'MODIFY a INT FIRST',
    before: { columns: [id, 'a int'] },
    after: { columns: ['a int', id] },
    previous: 'maybe: column-order',
    next: 'maybe: column-order',
    steps: [/names the columns/, 'Make this change.'],
  },
  keyed('ADD UNIQUE u (a)', [], ['!u(a)'], 'maybe: unique-added', 'maybe: unique-added'),
  keyed('DROP INDEX u', ['!u(a)'], [], 'maybe: unique-dropped index-name-gone', 'maybe: unique-dropped'),
  keyed('ADD INDEX k (a)', [], ['k(a)'], 'yes', 'yes: index-added'),
  keyed('DROP INDEX k', ['k(a)'], [], 'yes: index-dropped index-name-gone', 'yes'),
  keyed('RENAME INDEX k TO l', ['k(a)'], ['l(a)'], 'yes: index-name-gone', 'yes'),
  keyed('DROP PRIMARY KEY', ['!PRIMARY(id)'], [], 'maybe: primary-key-dropped', 'maybe: primary-key-dropped'),
  keyed(
    'DROP INDEX k, ADD UNIQUE k (a)',
    ['k(a)'],
    ['!k(a)'],
    'maybe: unique-added index-dropped',
    'maybe: unique-added',
  ),
  lined(
    'ADD CONSTRAINT c CHECK (a > 0)',
    [],
    ['CONSTRAINT `c` CHECK (`a` > 0)'],
    'maybe: check-added',
    'yes: check-added',
  ),
  lined(
    'DROP CONSTRAINT c',
    ['CONSTRAINT `c` CHECK (`a` > 0)'],
    [],
    'maybe: check-dropped',
    'maybe: check-dropped',
  ),
  lined(
    'ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED',
    [],
    ['CONSTRAINT `c` CHECK (`a` > 0) /*!80016 NOT ENFORCED */'],
    'yes',
    'yes',
  ),
  lined(
    'ADD FOREIGN KEY (a) REFERENCES o (id)',
    [],
    ['CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `o` (`id`)'],
    'maybe: foreign-key-added',
    'yes: foreign-key-added',
  ),
  lined('COMMENT "x"', [], [], 'yes', 'yes'),
  {
    alter: 'DROP COLUMN a, ADD COLUMN b INT NOT NULL, MODIFY c BIGINT, ADD INDEX k (c)',
    before: { columns: [id, 'a int', 'c int'] },
    after: { columns: [id, 'c bigint', 'b int!'], keys: ['k(c)'] },
    previous: 'no: column-dropped column-without-default',
    next: 'no: column-without-default column-widened index-added',
    steps: [
      'ALTER TABLE `shop`.`t` ADD COLUMN `b` int NULL, MODIFY `c` bigint',
      'Deploy a version that gives b a value in every INSERT.',
      /^UPDATE .* SET `b`/,
      'Deploy a version that neither reads nor writes a; writes to c what only bigint holds.',
      'ALTER TABLE `shop`.`t` DROP COLUMN `a`, MODIFY `b` int NOT NULL',
      'The rest of the change can be part of any of these steps.',
    ],
  },
];

t.test('what a change means for the version before it, and for the one after it', async (t) => {
  for (const each of cases) {
    const { alter, previous, next, steps } = each;
    const found = compatibility(factsOf(each));
    const verdict = (side: 'previousOnNew' | 'newOnPrevious') => {
      const { works, reasons } = found[side];
      return [`${works}${reasons.length > 0 ? ':' : ''}`, ...reasons.map((reason) => reason.id)].join(' ');
    };
    const label = `${alter}: ${JSON.stringify(each.before.columns.at(-1))}`;
    t.equal(verdict('previousOnNew'), previous, `${label}: previous version`);
    t.equal(verdict('newOnPrevious'), next, `${label}: new version`);
    if (steps !== undefined) t.match(found.steps, steps, `${label}: steps`);
    if (steps !== undefined) t.equal(found.steps.length, steps.length, `${label}: no other steps`);
    for (const { text } of [...found.previousOnNew.reasons, ...found.newOnPrevious.reasons]) {
      t.match(text, /^[^\n]+\.$/, 'one sentence');
    }
  }
});

t.test('names and values are quoted in the steps', async (t) => {
  const found = compatibility(
    factsOf({
      alter: 'DROP COLUMN `we``ird`, MODIFY a …',
      before: { columns: [id, column_('we`ird'), "a enum('it''s','b')"] },
      after: { columns: [id, "a enum('b')"] },
      previous: '',
      next: '',
    }),
  );
  t.match(found.steps.join('\n'), "`a` IN ('it''s')");
  t.match(compatibility(factsOf(odd)).steps.at(-1), 'DROP COLUMN `we``ird`');
});

const odd: Case = {
  alter: 'DROP COLUMN `we``ird`',
  before: { columns: [id, { ...column('we`ird'), nullable: false }] },
  after: { columns: [id] },
  previous: '',
  next: '',
};

function modified(
  before: string | Column,
  after: string | Column,
  previous: string,
  next: string,
  ...steps: (string | RegExp)[]
): Case {
  const name = typeof after === 'string' ? after : after.name;
  return {
    alter: `MODIFY ${name}`,
    before: { columns: [id, before] },
    after: { columns: [id, after] },
    previous,
    next,
    ...(steps.length > 0 && { steps }),
  };
}

function keyed(alter: string, before: string[], after: string[], previous: string, next: string): Case {
  const columns = [id, 'a int'];
  return { alter, before: { columns, keys: before }, after: { columns, keys: after }, previous, next };
}

function lined(alter: string, before: string[], after: string[], previous: string, next: string): Case {
  const columns = [id, 'a int'];
  return { alter, before: { columns, lines: before }, after: { columns, lines: after }, previous, next };
}

function factsOf({ alter, before, after, renames, lost = [] }: Case): ChangeFacts {
  const [statement] = parseStatements(`ALTER TABLE shop.t ${alter.replaceAll('…', 'INT')}`);
  if (statement === undefined) throw new Error(alter);
  const [was, is] = [shape(before), shape(after)];
  const known = renames ?? statement.renames;
  const difference = differenceOf(was, is, known);
  const tracer = { kind: 'known', renames: known, lost, rowsGone: false, unchanged: false } as const;
  const probe = {
    kind: 'applies',
    class: 'copy',
    rebuilds: true,
    before: was,
    after: is,
    difference,
    refused: [],
    tracer,
  } as const;
  const table: ChangeFacts['table'] = {
    ...was,
    name: { schema: 'shop', name: 't' },
    engine: 'InnoDB',
    size: {},
    foreignKeys: { outgoing: [], incoming: [] },
    triggers: [],
    partitioned: false,
  };
  const server = {} as ChangeFacts['server']; // nothing of it matters here
  return {
    server,
    table,
    statement,
    probe,
  };
}

function shape({ columns: texts, keys = [], lines = [] }: Side) {
  const columns = texts.map((text) => (typeof text === 'string' ? parsed(text) : text));
  const written = columns.map(
    ({ name, type, nullable }) => `  \`${name.replaceAll('`', '``')}\` ${type}${nullable ? '' : ' NOT NULL'}`,
  );
  const definition = [
    'CREATE TABLE `t` (',
    ...[...written, ...lines.map((line) => `  ${line}`)].map((line) => `${line},`),
    ') ENGINE=InnoDB',
  ];
  return { definition: definition.join('\n'), columns, indexes: keys.map(index) };
}

/** `a int!=5`: NOT NULL with a default. */
function parsed(text: string): Column {
  const [, name = '', type = '', not, value] = /^(\w+) ([^!=]+)(!?)(?:=(.+))?$/.exec(text) ?? [];
  return {
    ...column(name, type),
    dataType: type.replace(/[( ].*/, ''),
    nullable: not === '',
    ...(value !== undefined && { default: value }),
  };
}

function column_(name: string, changes: Partial<Column> = {}): Column {
  return { ...column(name, changes.type), ...changes };
}

/** `k(a,b)`, `!k(a)` for a unique one. */
function index(text: string): Index {
  const [, unique, name = '', parts = ''] = /^(!?)(\w+)\((.*)\)$/.exec(text) ?? [];
  return {
    name,
    unique: unique === '!',
    type: 'BTREE',
    parts: parts.split(',').map((each) => ({ column: each, nullable: true, descending: false })),
  };
}
