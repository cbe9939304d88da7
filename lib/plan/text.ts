import { oneLine } from './human.js';
import { ink, type TextStyle, wrap } from './layout.js';
import type { Plan } from './plan.js';
import { rowText } from './row-text.js';
import { planView } from './view/plan-view.js';
import { type Row, rowOf, type StatementView } from './view/view.js';

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
