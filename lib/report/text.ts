import { oneLine } from '../text/human.js';
import { type Ink, ink, row, type TextStyle, wrap } from '../text/layout.js';
import { type Line, type Row, rowsOf, type StatementView, type Tone, type View, wordsOf } from './view.js';

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
  { title, word, summary, change, rows }: StatementView,
  alarms: readonly Row[],
  style: TextStyle,
): string {
  const [first = '', ...rest] = wrap(oneLine(title), style.columns - 40);
  const head = [first, ...rest].map((line) => ink(style, 'bold', line)).join('\n');
  const outcome = ink(style, inks[word.tone ?? 'info'], wordsOf(word));
  const own = rowsOf({ Summary: summary, Change: { text: change, code: true } });
  return `${head}: ${outcome}\n${rowsText([...alarms, ...own, ...rows], style)}`;
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
    .flatMap(({ label, lines }) =>
      lines.map((line, i) =>
        row(style, i === 0 ? label : '', lineText(line, style), labelInks[label] ?? 'dim'),
      ),
    )
    .join('');
}

const inks: Readonly<Record<Tone, Ink>> = { bad: 'red', caution: 'yellow', good: 'green', info: 'cyan' };

function lineText(line: Line, style: TextStyle): string {
  const { lead, tone, code } = line;
  const text = oneLine(wordsOf(line), code ? style.columns * 3 : undefined);
  if (lead === undefined || tone === undefined) return text;
  return `${ink(style, inks[tone], lead)}${text.slice(lead.length)}`;
}
