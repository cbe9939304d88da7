import type { Check } from '../plan.js';

/**
 * A question that only the rows of the table can answer. Checks ask; `askRows` reads, for all questions about single
 * rows in one scan.
 */
export type Question = RowQuestion | KeyQuestion;

/** Which rows offend by themselves. */
export interface RowQuestion {
  kind: 'rows';
  /** An SQL predicate over the quoted columns of the table: true (not NULL, not false) for a row that offends. */
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

/** What became of the questions: a check each where rows offend or it is not known, and how many were answered well. */
export interface Answers {
  checks: readonly Check[];
}
