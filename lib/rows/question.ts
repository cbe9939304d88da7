import { quoteName, quoteTable, type TableName } from '../sql/names.js';

/**
 * A question that only the rows of the table can answer. Checks ask; `askRows` reads, for all questions about single
 * rows in one scan.
 */
export type Question = RowQuestion | KeyQuestion | UnknownQuestion;

/**
 * What the table is called in the statements that ask: `` `t`.`code` ``. A predicate with a subquery must write it in
 * front of the outer columns, since an inner table may have columns of the same name; elsewhere it may be left out.
 */
export const rowAlias = 't';

/** Which rows offend by themselves. */
export interface RowQuestion {
  kind: 'rows';
  /** An SQL predicate over the quoted columns of the table, which is called `rowAlias`: true (not NULL, not false) for a row that offends. */
  offends: string;
  finding: Finding;
}

/** Which rows would have the same key as another. */
export interface KeyQuestion {
  kind: 'key';
  /** The key's parts as SQL expressions: under the collation to come, cut at the prefix. One NULL: it repeats nothing. */
  parts: readonly string[];
  finding: Finding;
}

/** What should be asked and cannot: it comes out as `unknown`. */
interface UnknownQuestion {
  kind: 'unknown';
  finding: Pick<Finding, 'id' | 'about'> & { fix?: string };
  /** Why it cannot be asked, as the rest of a sentence: `the rule names the column c, which the change adds`. */
  why: string;
}

/** What it is where rows offend. */
export interface Finding {
  /** The check's id: stable, and what `--accept` takes. */
  id: string;
  level: 'danger' | 'warning';
  /** `--accept` must not let it pass. */
  final?: true;
  /** One sentence. @param count of offending rows; of a key, of rows that are too many */
  text(count: number): string;
  /** What mends it, with the statement that finds or mends the rows. */
  fix: string;
  /** What was looked for, for the case that it could not be finished: `whether code has NULLs`. */
  about: string;
}

/** The statement by which a person finds the rows of a predicate. */
export function findRows(table: TableName, predicate: string): string {
  return `SELECT * FROM ${quoteTable(table)} AS ${quoteName(rowAlias)} WHERE ${predicate}`;
}

/** The statement by which a person finds the keys that repeat. */
export function findKeys(table: TableName, parts: readonly string[]): string {
  const places = parts.map((_, at) => at + 1).join(', ');
  const nonNull = parts.map((part) => `${part} IS NOT NULL`).join(' AND ');
  return (
    `SELECT ${parts.join(', ')}, COUNT(*) FROM ${quoteTable(table)} AS ${quoteName(rowAlias)} ` +
    `WHERE ${nonNull} GROUP BY ${places} HAVING COUNT(*) > 1`
  );
}

/** A column of the table as it is, in a statement that asks its rows. */
export function rowColumn(name: string): string {
  return `${quoteName(rowAlias)}.${quoteName(name)}`;
}
