import { questionsOf } from '../plan/checks/all.js';
import { askRows } from '../plan/checks/ask-rows.js';
import type { CheckFacts } from '../plan/checks/check-facts.js';
import type { Question } from '../plan/checks/question.js';
import type { Check } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import type { RowsAhead } from './ahead.js';
import type { PlanningContext } from './context.js';

/** Asks the rows what only they can tell. Where a statement before this one changes them, they are asked when it has run. */
export async function checkRows(
  facts: CheckFacts,
  rows: RowsAhead,
  { request, server }: Pick<PlanningContext, 'request' | 'server'>,
): Promise<Check[]> {
  if (rows === 'none') return [];
  const questions = questionsOf(facts);
  if (questions.length === 0) return [];
  if (rows !== 'there') return questions.map(later);
  const table = tableLabel(facts.table.name);
  request.emit({
    type: 'phase',
    phase: 'check',
    table,
    text: `Looking for rows of ${table} that do not fit`,
  });
  const { settings, emit, signal } = request;
  return askRows(questions, { table: facts.table, server, settings, emit, signal });
}

/** The rows can be asked only when the statement's turn has come. */
export function asksLater(facts: CheckFacts, rows: RowsAhead): boolean {
  return (rows === 'reshaped' || rows === 'rewritten') && questionsOf(facts).length > 0;
}

function later({ finding: { id, about } }: Question): Check {
  return {
    id,
    level: 'unknown',
    text: `It is not known yet ${about}: a statement before this one changes the table.`,
    fix: 'Nothing to do: the rows are asked when that statement has run, before this one starts.',
  };
}
