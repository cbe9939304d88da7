import fc from 'fast-check';
import type { PlainVerb } from '../../../lib/sql/statement.js';
import { assertion, clause, column, keyParts } from './clauses.js';
import { gap, literal, type Spelt, spelt, stringLiteral } from './spelling.js';

/** A statement, and what reading it must find. */
export interface Generated {
  sql: string;
  verb: PlainVerb | 'ALTER';
  /** The tables that it names, without their schemas. */
  tables: readonly string[];
}

/** A name that is a table's, between the other words of a statement. */
type Word = string | Spelt;

const table: fc.Arbitrary<Spelt> = fc
  .tuple(fc.option(spelt, { freq: 3 }), spelt, fc.constantFrom('.', '.', ' . '))
  .map(([schema, { name, sql }, dot]) => ({
    name,
    sql: schema === null ? sql : `${schema.sql}${dot}${sql}`,
  }));

/** A part that is there in one of three cases. */
function maybe(part: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc.option(part, { freq: 1 }).map((given) => (given === null ? [] : [given]));
}

/** Words, with anything between them that may stand there. */
function says(verb: Generated['verb'], words: fc.Arbitrary<Word[]>): fc.Arbitrary<Generated> {
  return fc.tuple(words, fc.array(gap, { minLength: 6, maxLength: 6 })).map(([all, gaps]) => ({
    verb,
    sql: all
      .map(
        (word, i) => `${i === 0 ? '' : gaps[i % gaps.length]}${typeof word === 'string' ? word : word.sql}`,
      )
      .join(''),
    tables: all.flatMap((word) => (typeof word === 'string' ? [] : [word.name])),
  }));
}

const head = fc.constantFrom(
  ['ALTER', 'TABLE'],
  ['alter', 'Table'],
  ['ALTER', 'ONLINE', 'TABLE'],
  ['ALTER', 'TABLE', 'IF', 'EXISTS'],
);

const alterTable = says(
  'ALTER',
  fc
    .tuple(head, table, fc.array(clause, { minLength: 1, maxLength: 4 }), maybe(assertion))
    .map(([words, on, clauses, asserted]) => [...words, on, [...clauses, ...asserted].join(', ')]),
);

const createIndex = says(
  'ALTER',
  fc
    .tuple(maybe(fc.constantFrom('UNIQUE', 'FULLTEXT', 'spatial')), spelt, table, keyParts, maybe(assertion))
    .map(([kind, { sql }, on, parts, asserted]) => [
      'CREATE',
      ...kind,
      'INDEX',
      sql,
      'ON',
      on,
      parts,
      ...asserted,
    ]),
);

const dropIndex = says(
  'ALTER',
  fc
    .tuple(spelt, table, maybe(assertion))
    .map(([{ sql }, on, asserted]) => ['DROP', 'INDEX', sql, 'ON', on, ...asserted]),
);

export const alter: fc.Arbitrary<Generated> = asInDumps(
  fc.oneof({ weight: 4, arbitrary: alterTable }, createIndex, dropIndex),
);

/** Sometimes in an executable comment as a whole, if nothing in it could be taken for its end. */
function asInDumps(statements: fc.Arbitrary<Generated>): fc.Arbitrary<Generated> {
  const opening = fc.constantFrom('', '', '', '', '', '/*!50100 ', '/*! ', '/*M!100100 ');
  return fc
    .tuple(statements, opening)
    .map(([each, open]) =>
      open === '' || /\/\*|\*\//.test(each.sql) ? each : { ...each, sql: `${open}${each.sql} */` },
    );
}

const tables = fc.array(table, { minLength: 1, maxLength: 3 });

/** `a, b, c`: names with a comma of their own between them. */
function listed(names: readonly Spelt[]): Word[] {
  return names.flatMap((name, i) => (i === 0 ? [name] : [',', name]));
}

const createTable = says(
  'CREATE TABLE',
  fc
    .tuple(maybe(fc.constant('IF NOT EXISTS')), table, spelt, column, maybe(stringLiteral))
    .map(([unless, name, { sql }, type, said]) => [
      'CREATE TABLE',
      ...unless,
      name,
      `(${sql} ${type}, KEY (${sql}))`,
      ...said.map((text) => `COMMENT=${text}`),
    ]),
);

const dropTable = says(
  'DROP TABLE',
  fc
    .tuple(fc.constantFrom('TABLE', 'TABLES', 'table'), maybe(fc.constant('IF EXISTS')), tables)
    .map(([what, unless, names]) => ['DROP', what, ...unless, ...listed(names)]),
);

const renameTable = says(
  'RENAME TABLE',
  fc
    .array(fc.tuple(table, spelt), { minLength: 1, maxLength: 3 })
    .map((pairs) => [
      'RENAME TABLE',
      ...pairs.flatMap(([from, to], i): Word[] => [...(i === 0 ? [] : [',']), from, 'TO', to.sql]),
    ]),
);

const insert = says(
  'INSERT',
  fc
    .tuple(
      fc.constantFrom(['INSERT', 'INTO'], ['insert', 'IGNORE'], ['INSERT']),
      table,
      fc.array(literal, { minLength: 1 }),
    )
    .map(([verb, into, values]) => [...verb, into, 'VALUES', `(${values.join(', ')})`]),
);

const update = says(
  'UPDATE',
  fc
    .tuple(table, spelt, literal, literal)
    .map(([name, { sql }, a, b]) => ['UPDATE', name, 'SET', `${sql} = ${a}`, 'WHERE', b]),
);

const deletes = says(
  'DELETE',
  fc
    .tuple(table, spelt, literal)
    .map(([name, { sql }, value]) => ['DELETE FROM', name, 'WHERE', sql, '=', value]),
);

const set = says(
  'SET',
  literal.map((value) => ['SET', '@a', ':=', value]),
);

export const plain: fc.Arbitrary<Generated> = asInDumps(
  fc.oneof(createTable, dropTable, renameTable, insert, update, deletes, set),
);

export const statement: fc.Arbitrary<Generated> = fc.oneof({ weight: 2, arbitrary: alter }, plain);
