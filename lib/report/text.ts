import type { Plan } from '../documents/plan.js';
import type { RunResult } from '../documents/result.js';
import { oneLine } from '../text/human.js';
import { type Ink, ink, row, type TextStyle, wrap } from '../text/layout.js';
import { planView } from './plan-view.js';
import { resultView } from './result-view.js';
import { type Line, type Row, rowOf, type StatementView, type Tone, wordsOf } from './view.js';

/**
 * The plan for people: it fits a screen for one statement in the usual case. The dangerous stands first.
 * @param withNext what to do next; not where it is being done
 */
export function planAsText(plan: Plan, style: TextStyle, withNext = true): string {
  const { heading, alarms, review, statements, offers, next } = planView(plan);
  const many = statements.length > 1;
  const top = many ? [...alarms, ...review] : [];
  const parts = [
    wrap(oneLine(heading), style.columns - 1)
      .map((line) => `${ink(style, 'dim', line)}\n`)
      .join(''),
    top.map((each) => rowText(each, style)).join(''),
    ...statements.map((statement) => statementText(statement, many ? [] : review, style)),
    offers.map((each) => rowText(each, style)).join(''),
    withNext ? next.map((each) => rowText(each, style)).join('') : '',
  ];
  return parts.filter(Boolean).join('\n');
}

function statementText(
  { title, alarms, sentence, rows }: StatementView,
  review: readonly Row[],
  style: TextStyle,
): string {
  const head = wrap(oneLine(title), style.columns - 1).map((line) => `${ink(style, 'bold', line)}\n`);
  const all = [...alarms, ...review, ...rowOf('In short', sentence), ...rows];
  return [...head, ...all.map((each) => rowText(each, style))].join('');
}

export { outcomeText } from './result-view.js';

/** How a run ended, for people. */
export function resultAsText(result: RunResult, style: TextStyle): string {
  const blocks = resultView(result).statements.map((statement) => resultText(statement, style));
  return `${blocks.join('\n')}${ink(style, 'dim', `Run ${result.run}`)}\n`;
}

function resultText({ title, word, rows }: StatementView, style: TextStyle): string {
  const ending = ink(style, inks[word.tone ?? 'info'], word.lead ?? '');
  const [first = '', ...rest] = wrap(oneLine(title), style.columns - 40);
  const head = [first, ...rest].map((line) => ink(style, 'bold', line)).join('\n');
  return `${head}: ${ending}\n${rows.map((row) => rowText(row, style)).join('')}`;
}

/** A label, and its lines under each other; SQL is cut where it is very long. */
export function rowText({ label, lines, code }: Row, style: TextStyle): string {
  const color = label === 'Refused' || label === 'Danger' ? 'red' : label === 'Accepted' ? 'yellow' : 'dim';
  return lines
    .map((line, i) => {
      const text = lineText(line, code ? style.columns * 3 : undefined, style);
      return row(style, i === 0 ? label : '', text, color);
    })
    .join('');
}

export const inks: Readonly<Record<Tone, Ink>> = {
  bad: 'red',
  caution: 'yellow',
  good: 'green',
  info: 'cyan',
};

function lineText(line: Line, limit: number | undefined, style: TextStyle): string {
  const text = oneLine(wordsOf(line), limit);
  const { lead, tone } = line;
  if (lead === undefined || tone === undefined) return text;
  return `${ink(style, inks[tone], lead)}${text.slice(lead.length)}`;
}
