import type { TableName } from '../sql/names.js';
import { subjectOf } from '../text/labels.js';

/** What a plan or a result says, before it becomes text, Markdown or HTML. Nothing in it is escaped yet. */
export interface View {
  /** `Plan 7f3a9c21 for mysql 8.4.3 on db1:3306, 2 replicas`. */
  heading: string;
  /** All of it in a word or two. */
  verdict: Line;
  /** What has to be read first: refusals, dangers and the review, each with its statement if there are several. */
  alarms: readonly Row[];
  statements: readonly StatementView[];
  /** What the word of a statement is: its method or its outcome. */
  wordLabel: string;
  suggestions: readonly Row[];
  next: readonly Row[];
}

export interface StatementView {
  /** `2. shop.orders`. */
  title: string;
  /** Method or outcome in a word. */
  word: Line;
  /** For a table of all statements, by label; the same labels in each. */
  overview: Readonly<Record<string, string>>;
  /** The statement as the user wrote it. */
  sql: string;
  /** The same without what the title says already. */
  change: string;
  /** Refusals, dangers, accepted dangers. */
  alarms: readonly Row[];
  /** One sentence for a ticket; absent if the alarms say it. */
  summary?: string;
  rows: readonly Row[];
}

export interface Row {
  label: string;
  lines: readonly Line[];
}

export interface Line {
  /** The words in front, which are coloured by the tone. */
  lead?: string;
  tone?: Tone;
  text: string;
  /** Explains the line above; left out of the list of all alarms, which each statement repeats in full. */
  isDetail?: true;
  /** It is SQL; text output shortens it. */
  code?: true;
}

export type Tone = 'bad' | 'caution' | 'good' | 'info';

type Lines = undefined | string | Line | readonly (undefined | string | Line)[];

/** A row for each label that has lines. */
export function rowsOf(lines: Readonly<Record<string, Lines>>): Row[] {
  return Object.entries(lines).flatMap(([label, given]) => {
    const known = [given].flat().flatMap((line): Line[] => {
      if (line === undefined) return [];
      return [typeof line === 'string' ? { text: line } : line];
    });
    return known.length === 0 ? [] : [{ label, lines: known }];
  });
}

/** @param number of the statement, if there are several */
export function titleOf(statement: { table?: TableName; sql: string }, number?: number): string {
  return `${number === undefined ? '' : `${number}. `}${subjectOf(statement)}`;
}

/** A line as people read it: `danger nulls: …`. */
export function wordsOf({ lead, text }: Line): string {
  if (lead === undefined) return text;
  return `${lead}${text === '' || /^[:,; ]/.test(text) ? '' : ' '}${text}`;
}

/**
 * The alarms of all statements, grouped by label.
 * @param labels in the order in which they are shown
 */
export function alarmsOf(statements: readonly StatementView[], labels: readonly string[]): readonly Row[] {
  const [first, ...others] = statements;
  if (first !== undefined && others.length === 0) return first.alarms;
  const of = (label: string) =>
    statements.flatMap(({ title, alarms }) =>
      alarms
        .filter((row) => row.label === label)
        .flatMap(({ lines }) => lines.filter(({ isDetail }) => !isDetail))
        .map((line) => `${title}: ${wordsOf(line)}`),
    );
  return rowsOf(Object.fromEntries(labels.map((label) => [label, of(label)])));
}
