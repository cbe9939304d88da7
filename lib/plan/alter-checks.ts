import { questionsOf, runCostChecks } from '../checks/all.js';
import { accept } from '../checks/shared/accept.js';
import { askRows } from '../checks/shared/ask-rows.js';
import type { CheckFacts, CostFacts, RowsAhead } from '../checks/shared/facts.js';
import type { Check } from '../documents/plan.js';
import { readBinlogRetention, readFreeSpace } from '../inspect/disk.js';
import type { Question } from '../rows/question.js';
import { tableLabel } from '../sql/names.js';
import type { PlanningContext } from './context.js';
import { acceptedIds } from './request.js';

/** Asks the rows what only they can tell. If an earlier statement changes them, they are checked after it has run. */
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

/** The rows can be asked only when it is the statement's turn. */
export function asksLater(facts: CheckFacts, rows: RowsAhead): boolean {
  return (rows === 'reshaped' || rows === 'rewritten') && questionsOf(facts).length > 0;
}

function later({ finding: { id, about } }: Question): Check {
  return {
    id,
    level: 'unknown',
    text: `It is unknown so far ${about}: an earlier statement changes the table.`,
    fix: 'No action needed: the rows are checked after that statement, before this one.',
  };
}

/** Whether the server has room for the chosen strategy, and keeps its binlogs for long enough. */
export async function checkCost(
  facts: CostFacts,
  { session, server, request }: Pick<PlanningContext, 'session' | 'server' | 'request'>,
): Promise<Check[]> {
  const { strategy } = facts.choice;
  if (strategy === 'refuse' || strategy === 'nothing' || strategy === 'instant') return [];
  const free = await readFreeSpace(session, request.settings.connection);
  const retention = strategy === 'gh-ost' ? await readBinlogRetention(session, server) : 'never';
  return accept(runCostChecks({ ...facts, free, retention }), acceptedIds(request));
}
