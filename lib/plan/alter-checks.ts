import { accept } from '../checks/accept.js';
import { questionsOf } from '../checks/all.js';
import { askRows } from '../checks/ask-rows.js';
import { binlogRetention } from '../checks/binlog-retention.js';
import type { CheckFacts, CostFacts, RowsAhead } from '../checks/check-facts.js';
import { freeDisk } from '../checks/free-disk.js';
import type { Check } from '../documents/plan.js';
import { readBinlogRetention, readFreeSpace } from '../inspect/disk.js';
import type { Question } from '../rows/question.js';
import { tableLabel } from '../sql/names.js';
import type { PlanningContext } from './context.js';
import { acceptedIds } from './request.js';

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

/** Whether the server has room and patience for what was chosen: that is known only when the choice is made. */
export async function checkCost(
  facts: CostFacts,
  { session, server, request }: Pick<PlanningContext, 'session' | 'server' | 'request'>,
): Promise<Check[]> {
  const { strategy } = facts.choice;
  if (strategy === 'refuse' || strategy === 'nothing' || strategy === 'instant') return [];
  const free = await readFreeSpace(session, request.settings.connection);
  const retention = strategy === 'gh-ost' ? await readBinlogRetention(session, server) : 'never';
  return accept([...freeDisk(facts, free), ...binlogRetention(facts, retention)], acceptedIds(request));
}
