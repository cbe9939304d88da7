import { oneLine } from '../text/human.js';
import { type Ink, ink, row, type TextStyle, wrap } from '../text/layout.js';
import { type Line, type Row, rowOf, type StatementView, type Tone, type View, wordsOf } from './view.js';

/** A plan or a result for people: one statement usually fits a screen. What is dangerous comes first. */
export function viewAsText(view: View, style: TextStyle): string {
  const { heading, alarms, statements, suggestions, next } = view;
  const many = statements.length > 1;
  const parts = [
    wrap(oneLine(heading), style.columns - 1)
      .map((line) => `${ink(style, 'dim', line)}\n`)
      .join(''),
    many ? rowsText(alarms, style) : '',
    ...statements.map((statement) => statementText(statement, many ? statement.alarms : alarms, style)),
    rowsText(suggestions, style),
    rowsText(next, style),
  ];
  return parts.filter(Boolean).join('\n');
}

function statementText(
  { title, word, summary, rows }: StatementView,
  alarms: readonly Row[],
  style: TextStyle,
): string {
  const [first = '', ...rest] = wrap(oneLine(title), style.columns - 40);
  const head = [first, ...rest].map((line) => ink(style, 'bold', line)).join('\n');
  const outcome = ink(style, inks[word.tone ?? 'info'], wordsOf(word));
  return `${head}: ${outcome}\n${rowsText([...alarms, ...rowOf('Summary', summary), ...rows], style)}`;
}

const labelInks: Partial<Record<string, Ink>> = {
  Refused: 'red',
  Danger: 'red',
  Failed: 'red',
  Accepted: 'yellow',
};

/** Each label with its lines below one another; long SQL is shortened. */
function rowsText(rows: readonly Row[], style: TextStyle): string {
  return rows
    .flatMap(({ label, lines, code }) =>
      lines.map((line, i) => {
        const text = lineText(line, code ? style.columns * 3 : undefined, style);
        return row(style, i === 0 ? label : '', text, labelInks[label] ?? 'dim');
      }),
    )
    .join('');
}

const inks: Readonly<Record<Tone, Ink>> = { bad: 'red', caution: 'yellow', good: 'green', info: 'cyan' };

function lineText(line: Line, limit: number | undefined, style: TextStyle): string {
  const text = oneLine(wordsOf(line), limit);
  const { lead, tone } = line;
  if (lead === undefined || tone === undefined) return text;
  return `${ink(style, inks[tone], lead)}${text.slice(lead.length)}`;
}
