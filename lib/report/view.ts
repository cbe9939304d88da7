/** What a plan or a result says to people, before it is text, Markdown or HTML. Nothing in it is escaped yet. */
export interface View {
  /** `Plan 7f3a9c21 for mysql 8.4.3 on db1:3306, 2 replicas`. */
  heading: string;
  /** All of it in a word or two. */
  verdict: Line;
  /** The dangerous of all statements, each with its statement's name where there are several. */
  alarms: readonly Row[];
  review: readonly Row[];
  statements: readonly StatementView[];
  /** What the word of a statement is: `Way`. */
  wordLabel: string;
  offers: readonly Row[];
  /** How to go on. */
  next: readonly Row[];
}

export interface StatementView {
  /** `2. shop.orders`. */
  title: string;
  /** Way or outcome in a word. */
  word: Line;
  /** For a table of all statements; the same labels in each. */
  overview: readonly { label: string; text: string }[];
  /** The statement as the user wrote it. */
  sql: string;
  /** Refusals, dangers, accepted dangers. */
  alarms: readonly Row[];
  /** For the ticket; absent where the alarms say it. */
  sentence?: string;
  rows: readonly Row[];
}

export interface Row {
  label: string;
  lines: readonly Line[];
  /** The lines are SQL: as text they are cut where they are long. */
  code?: true;
}

export interface Line {
  /** The word in front that is coloured by the tone. */
  lead?: string;
  tone?: Tone;
  text: string;
  /** The whole line in a list of several statements, which say the rest themselves. */
  brief?: string;
}

export type Tone = 'bad' | 'caution' | 'good' | 'info';

/** A row, or none where it has no lines. */
export function rowOf(label: string, ...lines: readonly (Line | string | undefined)[]): Row[] {
  const there = lines.flatMap((line) =>
    line === undefined ? [] : [typeof line === 'string' ? { text: line } : line],
  );
  return there.length === 0 ? [] : [{ label, lines: there }];
}

/** A line as people read it: `danger nulls: …`. */
export function wordsOf({ lead, text }: Line): string {
  if (lead === undefined) return text;
  return `${lead}${text === '' || /^[:,; ]/.test(text) ? '' : ' '}${text}`;
}

/**
 * The alarms of all statements by what they are, the worst first.
 * @param labels of the rows, in their order
 */
export function alarmsOf(statements: readonly StatementView[], labels: readonly string[]): Row[] {
  const many = statements.length > 1;
  const briefly = (title: string, line: Line): Line =>
    many ? { text: `${title}: ${line.brief ?? wordsOf(line)}` } : line;
  return labels.flatMap((label) =>
    rowOf(
      label,
      ...statements.flatMap(({ title, alarms }) =>
        alarms
          .filter((row) => row.label === label)
          .flatMap(({ lines }) => lines.map((line) => briefly(title, line))),
      ),
    ),
  );
}
