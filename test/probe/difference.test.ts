import t from 'tap';
import { buildsIndex, differenceOf } from '../../lib/probe/difference.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { Index, TableShape } from '../../lib/table/shape.js';
import { column } from '../support/columns.js';

/** `k(a,b)`, `!k(a)` for a unique one. */
function index(text: string): Index {
  const [, unique, name = '', parts = ''] = /^(!?)(\w+)\((.*)\)$/.exec(text) ?? [];
  return {
    name,
    unique: unique === '!',
    type: 'BTREE',
    parts: parts.split(',').map((each) => ({ column: each, nullable: true, descending: false })),
    cardinality: Math.round(Math.random() * 1_000),
  };
}

/** `a b:bigint / k(a)` */
function shape(text: string): TableShape {
  const [columns = '', indexes = ''] = text.split(' / ');
  return {
    definition: text,
    columns: columns.split(' ').map((each) => column(...(each.split(':') as [string, string?]))),
    indexes: indexes.split(' ').filter(Boolean).map(index),
  };
}

interface Case {
  alter: string;
  before: string;
  after: string;
  columns?: string;
  indexes?: string;
  builds?: boolean;
}

const cases: Case[] = [
  { alter: 'FORCE', before: 'a b / k(a)', after: 'a b / k(a)' },
  { alter: 'ADD COLUMN c INT', before: 'a', after: 'a c', columns: '+c' },
  { alter: 'DROP COLUMN b', before: 'a b', after: 'a', columns: '-b' },
  { alter: 'MODIFY b BIGINT', before: 'a b', after: 'a b:bigint', columns: '~b' },
  { alter: 'CHANGE b c INT', before: 'a b / k(b)', after: 'a c / k(c)', columns: '+c -b' },
  {
    alter: 'DROP b, ADD c INT',
    before: 'a b / k(b)',
    after: 'a c / k(c)',
    columns: '+c -b',
    indexes: '~k',
    builds: true,
  },
  { alter: 'ADD INDEX k (a)', before: 'a', after: 'a / k(a)', indexes: '+k', builds: true },
  { alter: 'DROP INDEX k', before: 'a / k(a)', after: 'a', indexes: '-k' },
  { alter: 'RENAME INDEX k TO k2', before: 'a / k(a)', after: 'a / k2(a)', indexes: '+k2 -k' },
  {
    alter: 'DROP INDEX k, ADD INDEX k2 (a)',
    before: 'a / k(a)',
    after: 'a / k2(a)',
    indexes: '+k2 -k',
    builds: true,
  },
  {
    alter: 'DROP INDEX k, ADD INDEX k (a, b)',
    before: 'a b / k(a)',
    after: 'a b / k(a,b)',
    indexes: '~k',
    builds: true,
  },
  {
    alter: 'DROP INDEX k, ADD UNIQUE k (a)',
    before: 'a / k(a)',
    after: 'a / !k(a)',
    indexes: '~k',
    builds: true,
  },
  {
    alter: 'RENAME INDEX k TO k2, ADD INDEX k3 (b)',
    before: 'a b / k(a)',
    after: 'a b / k2(a) k3(b)',
    indexes: '+k2 +k3 -k',
    builds: true,
  },
];

t.test('what comes, goes and changes, and whether an index has to be built', async (t) => {
  for (const { alter, before, after, columns = '', indexes = '', builds = false } of cases) {
    const [statement] = parseStatements(`ALTER TABLE t ${alter}`);
    if (statement === undefined) throw new Error(alter);
    const found = differenceOf(shape(before), shape(after), statement.renames);
    const names = (sign: string, items: readonly { name: string }[]) => items.map(({ name }) => sign + name);
    const changed = (items: readonly { after: { name: string } }[]) =>
      names(
        '~',
        items.map((item) => item.after),
      );
    t.equal(
      [
        ...names('+', found.columns.added),
        ...names('-', found.columns.dropped),
        ...changed(found.columns.changed),
      ].join(' '),
      columns,
      `${alter}: columns`,
    );
    t.equal(
      [
        ...names('+', found.indexes.added),
        ...names('-', found.indexes.dropped),
        ...changed(found.indexes.changed),
      ].join(' '),
      indexes,
      `${alter}: indexes`,
    );
    t.equal(buildsIndex(found, statement.clauses), builds, `${alter}: builds`);
    t.equal(found.definition, before !== after);
  }
});
