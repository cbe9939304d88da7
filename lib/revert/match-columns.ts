import type { Rename } from '../plan/plan.js';
import type { ColumnText } from './column-text.js';
import { namesIn, withNames } from './tokens.js';

/** Which column was which. */
export interface Matched {
  kept: readonly ColumnPair[];
  /** Those that were there and have to come back. */
  gone: readonly ColumnText[];
  /** Those that are there and were not. */
  come: readonly ColumnText[];
  /** Whether a text names a column that comes back. */
  namesReturning(sql: string): boolean;
  /** The text as if the columns that are kept had the names that they had. */
  renamed(sql: string): string;
}

export interface ColumnPair {
  before: ColumnText;
  after: ColumnText;
}

/** @param renames `from` what a column is called in `after`, `to` what it was called in `before` */
export function matchColumns(
  before: readonly ColumnText[],
  after: readonly ColumnText[],
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
  return before.name === after.name && before.rest === after.rest && isSameButForRest(pair, matched);
}

/** Nothing differs but the value that a row gets which leaves the column out. */
export function differsInDefault(pair: ColumnPair, matched: Matched): boolean {
  const { before, after } = pair;
  return before.name === after.name && before.apart === after.apart && isSameButForRest(pair, matched);
}

function isSameButForRest({ before, after }: ColumnPair, { namesReturning }: Matched): boolean {
  return (
    before.charset === after.charset && before.collation === after.collation && !namesReturning(after.rest)
  );
}

/** Names of columns do not depend on case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function named(columns: readonly ColumnText[], name: string): ColumnText | undefined {
  return columns.find((column) => sameName(column.name, name));
}

/** Neither server turns a VIRTUAL column into another one (errors 3106 and 1907): it goes, and comes as what it was. */
function isVirtual({ generated }: ColumnText): boolean {
  return generated === 'virtual';
}
