import { quoteName, quoteTable, type TableName } from '../sql/names.js';

/** A question that only the rows of the table can answer. Those about single rows are answered together, in one pass. */
export type Question = RowQuestion | KeyQuestion | UnknownQuestion | LaterQuestion;

/**
 * What the table is called in the statements that ask: `` `t`.`code` ``. A predicate with a subquery must write it in
 * front of the outer columns, since an inner table may have columns of the same name; otherwise it may leave it out.
 */
export const rowAlias = 't';

/** Which rows offend by themselves. */
export interface RowQuestion {
  kind: 'rows';
  /** An SQL predicate over the quoted columns of `rowAlias`: true (not NULL, not false) for a row that offends. */
  offends: string;
  /** `offends` is no predicate, but an expression of any type: a row offends if the server fails to compute it. */
  byFailing?: true;
  finding: Finding;
}

/** Which rows would have the same key as another. */
export interface KeyQuestion {
  kind: 'key';
  /** The key's parts as SQL expressions: under the new collation, cut at the prefix. A key with a NULL repeats nothing. */
  parts: readonly string[];
  finding: Finding;
}

/** What cannot be asked: the answer is `unknown`. */
interface UnknownQuestion {
  kind: 'unknown';
  finding: Pick<Finding, 'id' | 'about'> & { fix?: string };
  /** Why it cannot be asked, as the rest of a sentence: `the rule names the column c, which the change adds`. */
  why: string;
}

/** What an earlier statement of the file decides: it is unknown so far, and asked after that. `why`: `statement 1 converts c` */
interface LaterQuestion extends Omit<UnknownQuestion, 'kind'> {
  kind: 'later';
}

/** What to report if rows offend. */
export interface Finding {
  /** The check's id: stable, and what `--accept` takes. */
  id: string;
  level: 'danger' | 'warning';
  /** `--accept` must not let it pass. */
  final?: true;
  /** One sentence. @param count of offending rows; of a key, of surplus rows */
  text(count: number): string;
  /** How to fix it, with the statement that finds or fixes the rows. */
  fix: string;
  /** What was asked, in case it cannot be answered: `whether code has NULLs`. */
  about: string;
}

/** What is known so far of the answer to one question. */
export interface Tally<Q extends Question = Question> {
  question: Q;
  count: number;
  samples: string[];
  /** The server's error, of a question that is answered by failing. */
  said?: string;
  /** Why it was not finished, as the rest of a sentence; absent if it was, or may still be. */
  unfinished?: string;
}

/** The statement by which a person finds the rows of a predicate. */
export function findRows(table: TableName, predicate: string): string {
  return `SELECT * FROM ${fromTable(table)} WHERE ${predicate}`;
}

/** The statement by which a person finds the keys that repeat. */
export function findKeys(table: TableName, parts: readonly string[]): string {
  return `SELECT ${parts.join(', ')}, COUNT(*) FROM ${repeatedKeys(fromTable(table), parts)}`;
}

/** What follows FROM for the keys that repeat, if they are the first columns. */
export function repeatedKeys(from: string, parts: readonly string[]): string {
  return `${from} WHERE ${nonNull(parts)} GROUP BY ${ordinals(parts)} HAVING COUNT(*) > 1`;
}

export function ordinals(parts: readonly string[]): string {
  return parts.map((_, at) => at + 1).join(', ');
}

/** What follows FROM, for `rowAlias`. */
export function fromTable(table: TableName, index?: string): string {
  const forced = index === undefined ? '' : ` FORCE INDEX (${quoteName(index)})`;
  return `${quoteTable(table)} AS ${quoteName(rowAlias)}${forced}`;
}

/** Rows that a unique key keeps apart: a NULL in it repeats nothing. */
export function nonNull(parts: readonly string[]): string {
  return parts.map((part) => `${part} IS NOT NULL`).join(' AND ');
}

/** A column of the present table, in a statement that asks its rows. */
export function rowColumn(name: string): string {
  return `${quoteName(rowAlias)}.${quoteName(name)}`;
}

/** Expressions as `k0`, `k1` …, as a list of a SELECT. */
export function asKeys(expressions: readonly string[]): string {
  return expressions.map((sql, at) => `${sql} AS k${at}`).join(', ');
}

/** The values of `k0`, `k1` … in a row. */
export function keyValues(row: Readonly<Record<string, unknown>>, count: number): readonly unknown[] {
  return Array.from({ length: count }, (_, at) => row[`k${at}`]);
}

/** A row by some of its values, for people: `id=5, email=x`. */
export function labelled(names: readonly string[], values: readonly unknown[]): string {
  return names.map((name, at) => `${name}=${shown(values[at])}`).join(', ');
}

/** A value in a sample: short, on one line. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = (Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : String(value)).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
