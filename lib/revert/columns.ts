import type { Rename } from '../documents/plan.js';
import { quoteName } from '../sql/names.js';
import type { Column } from '../table/column.js';
import { namesIn, withNames } from '../table/tokens.js';

/** What a revert does not bring back, or what may make it fail. */
export interface Loss {
  id: string;
  text: string;
}

/** Clauses that give the columns back what they were, and their places. */
interface ColumnClauses {
  drops: readonly string[];
  /** In the order in which they have to stand: each place is named by a column that is in its place by then. */
  clauses: readonly string[];
  /** Definitions that are written by them. */
  written: readonly Column[];
}

/**
 * Servers leave a column that is changed without a place where it is, and then give the others theirs, clause by
 * clause, under the new names (measured on MySQL 5.7 and 9.7 and MariaDB 10.11).
 */
export function columnClauses(
  before: readonly Column[],
  after: readonly Column[],
  matched: Matched,
): ColumnClauses {
  const staying = columnsStaying(before, after, matched.kept);
  const written: Column[] = [];
  const clauses = before.flatMap((column, at) => {
    const pair = matched.kept.find((each) => each.before === column);
    const stays = pair !== undefined && staying.has(at) ? pair : undefined;
    if (stays && isUnchanged(stays, matched)) return [];
    written.push(column);
    // With an expression that gives another value each time, MySQL takes MODIFY for unsafe beside an ADD (error 1674).
    if (stays && column.default?.startsWith('(') && differsInDefault(stays, matched)) {
      return [`ALTER COLUMN ${quoteName(column.name)} SET DEFAULT ${column.default}`];
    }
    const isLast = before.slice(at).every((each) => matched.gone.includes(each));
    const place = isLast || staying.has(at) ? '' : placeBehind(before[at - 1]);
    return [`${verb(pair)} ${column.sql}${place}`];
  });
  return { drops: matched.come.map(({ name }) => `DROP COLUMN ${quoteName(name)}`), clauses, written };
}

/** Those that keep their places while the others are moved. */
function columnsStaying(
  before: readonly Column[],
  after: readonly Column[],
  kept: readonly ColumnPair[],
): Set<number> {
  const order = after.flatMap((column) => {
    const pair = kept.find((each) => each.after === column);
    return pair ? [before.indexOf(pair.before)] : [];
  });
  return inOrder(order);
}

/** CHANGE and not RENAME COLUMN, which MySQL 5.7 does not know. */
function verb(pair: ColumnPair | undefined): string {
  if (pair === undefined) return 'ADD COLUMN';
  const { before, after } = pair;
  return before.name === after.name ? 'MODIFY COLUMN' : `CHANGE COLUMN ${quoteName(after.name)}`;
}

function placeBehind(previous: Column | undefined): string {
  return previous === undefined ? ' FIRST' : ` AFTER ${quoteName(previous.name)}`;
}

/**
 * The most numbers of a list that already stand in rising order: who moves the others moves the fewest.
 * @param numbers each different from the others
 */
function inOrder(numbers: readonly number[]): Set<number> {
  const chains: number[][] = [];
  for (const [at, number] of numbers.entries()) {
    let longest: number[] = [];
    for (const [before, chain] of chains.entries()) {
      const isLower = (numbers[before] ?? Number.POSITIVE_INFINITY) < number;
      if (before < at && isLower && chain.length > longest.length) longest = chain;
    }
    chains.push([...longest, number]);
  }
  return new Set(chains.reduce<number[]>((most, chain) => (chain.length > most.length ? chain : most), []));
}

/** Which column was which. */
export interface Matched {
  kept: readonly ColumnPair[];
  /** Those that were there and have to come back. */
  gone: readonly Column[];
  /** Those that are there and were not. */
  come: readonly Column[];
  /** Whether a text names a column that comes back. */
  namesReturning(sql: string): boolean;
  /** The text as if the columns that are kept had the names that they had. */
  renamed(sql: string): string;
}

export interface ColumnPair {
  before: Column;
  after: Column;
}

/** @param renames `from` what a column is called in `after`, `to` what it was called in `before` */
export function matchColumns(
  before: readonly Column[],
  after: readonly Column[],
  renames: readonly Rename[],
): Matched {
  const meant = renames.filter(({ from, to }) => named(after, from) && named(before, to));
  const pairs = before.flatMap((column): ColumnPair[] => {
    const from = meant.find(({ to }) => sameName(to, column.name))?.from;
    const isTaken = meant.some((rename) => sameName(rename.from, column.name));
    const name = from ?? (isTaken ? undefined : column.name);
    const found = name === undefined ? undefined : named(after, name);
    return found ? [{ before: column, after: found }] : [];
  });
  const kept = pairs.filter((pair) => isVirtual(pair.before) === isVirtual(pair.after));
  const gone = before.filter((column) => !kept.some((pair) => pair.before === column));
  const were = new Map(pairs.map((pair) => [pair.after.name.toLowerCase(), pair.before.name]));
  return {
    kept,
    gone,
    come: after.filter((column) => !kept.some((pair) => pair.after === column)),
    namesReturning: (sql) => namesIn(sql).some((name) => named(gone, name) !== undefined),
    renamed: (sql) => withNames(sql, (name) => were.get(name.toLowerCase()) ?? name),
  };
}

/**
 * MariaDB gives a column that is renamed its new name in expressions too, and MySQL refuses to rename one that is named
 * in an expression which is not written anew (errors 3108 and 3959): what names it is taken for changed.
 */
export function isUnchanged(pair: ColumnPair, matched: Matched): boolean {
  const { before, after } = pair;
  return (
    before.name === after.name && before.attributes === after.attributes && isSameButForRest(pair, matched)
  );
}

/** Nothing differs but the value that a row gets which leaves the column out. */
function differsInDefault(pair: ColumnPair, matched: Matched): boolean {
  const { before, after } = pair;
  return (
    before.name === after.name &&
    before.attributesButDefault === after.attributesButDefault &&
    isSameButForRest(pair, matched)
  );
}

function isSameButForRest({ before, after }: ColumnPair, { namesReturning }: Matched): boolean {
  return (
    before.charset === after.charset &&
    before.collation === after.collation &&
    !namesReturning(after.attributes)
  );
}

/** Names of columns do not depend on case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function named(columns: readonly Column[], name: string): Column | undefined {
  return columns.find((column) => sameName(column.name, name));
}

/** Neither server turns a VIRTUAL column into another one (errors 3106 and 1907): it goes, and comes as what it was. */
function isVirtual({ generated }: Column): boolean {
  return generated === 'virtual';
}
