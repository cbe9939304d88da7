import type { Rename } from '../documents/plan.js';
import { isSameName, named, quoteName } from '../sql/names.js';
import { namesIn, withNames } from '../sql/tokens.js';
import type { ColumnPart } from '../table/column.js';

/**
 * Clauses that give the columns back what they were, and their places. Servers leave a changed column without a place
 * where it is, and then give the others theirs, clause by clause, under the new names (measured on MySQL 5.7 and 9.7 and
 * MariaDB 10.11): each place is named by a column that is in its place by then.
 * @returns `written`: the columns whose definitions the clauses contain
 */
export function columnClauses(
  before: readonly ColumnPart[],
  after: readonly ColumnPart[],
  matched: Matched,
): { drops: readonly string[]; clauses: readonly string[]; written: readonly ColumnPart[] } {
  const staying = columnsStaying(before, after, matched.kept);
  const written: ColumnPart[] = [];
  const clauses = before.flatMap((column, at) => {
    const pair = matched.kept.find((each) => each.before === column);
    if (pair !== undefined && staying.has(at) && isUnchanged(pair, matched)) return [];
    written.push(column);
    const isLast = before.slice(at).every((each) => matched.gone.includes(each));
    const place = isLast || staying.has(at) ? '' : placeBehind(before[at - 1]);
    return [`${verb(pair)} ${column.sql}${place}`];
  });
  return { drops: matched.come.map(({ name }) => `DROP COLUMN ${quoteName(name)}`), clauses, written };
}

/** Those that keep their places while the others are moved. */
function columnsStaying(
  before: readonly ColumnPart[],
  after: readonly ColumnPart[],
  kept: readonly ColumnPair[],
): Set<number> {
  const order = after.flatMap((column) => {
    const pair = kept.find((each) => each.after === column);
    return pair ? [before.indexOf(pair.before)] : [];
  });
  // The longest rising chain: to move the others moves the fewest.
  const chains: number[][] = [];
  const longest = (some: readonly number[][]) =>
    some.reduce<number[]>((most, chain) => (chain.length > most.length ? chain : most), []);
  for (const number of order) {
    chains.push([...longest(chains.filter((chain) => (chain.at(-1) ?? 0) < number)), number]);
  }
  return new Set(longest(chains));
}

/** CHANGE and not RENAME COLUMN, which MySQL 5.7 does not know. */
function verb(pair: ColumnPair | undefined): string {
  if (pair === undefined) return 'ADD COLUMN';
  const { before, after } = pair;
  return before.name === after.name ? 'MODIFY COLUMN' : `CHANGE COLUMN ${quoteName(after.name)}`;
}

function placeBehind(previous: ColumnPart | undefined): string {
  return previous === undefined ? ' FIRST' : ` AFTER ${quoteName(previous.name)}`;
}

/** Which column was which. */
export interface Matched {
  kept: readonly ColumnPair[];
  /** Dropped columns, which have to come back. */
  gone: readonly ColumnPart[];
  /** Added columns. */
  come: readonly ColumnPart[];
  /** Whether a text names a column that comes back. */
  namesReturning(sql: string): boolean;
  /** The text with the names that the columns had. */
  renamed(sql: string): string;
}

export interface ColumnPair {
  before: ColumnPart;
  after: ColumnPart;
}

/** @param renames `from` what a column is called in `after`, `to` what it was called in `before` */
export function matchColumns(
  before: readonly ColumnPart[],
  after: readonly ColumnPart[],
  renames: readonly Rename[],
): Matched {
  const meant = renames.filter(({ from, to }) => named(after, from) && named(before, to));
  const pairs = before.flatMap((column): ColumnPair[] => {
    const from = meant.find(({ to }) => isSameName(to, column.name))?.from;
    const isTaken = meant.some((rename) => isSameName(rename.from, column.name));
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
 * MariaDB renames a column in expressions too, and MySQL refuses to rename one that an expression names, unless that is
 * written again in the same statement (errors 3108 and 3959): what names a renamed column counts as changed.
 */
export function isUnchanged({ before, after }: ColumnPair, { namesReturning }: Matched): boolean {
  return (
    before.name === after.name &&
    before.attributes === after.attributes &&
    before.charset === after.charset &&
    before.collation === after.collation &&
    !namesReturning(after.attributes)
  );
}

/** Neither server changes a VIRTUAL column into another kind (errors 3106 and 1907): it is dropped and added. */
function isVirtual({ generated }: ColumnPart): boolean {
  return generated === 'virtual';
}
