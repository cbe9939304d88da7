import type { RowsAhead } from '../checks/shared/facts.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { inspectTable, type TableFacts } from '../inspect/table.js';
import { type TableName, tableLabel } from '../sql/names.js';
import type { PlanningContext } from './context.js';

/**
 * The table as it is, or as the statements before this one will leave it.
 * @throws {Fault} exit code 2 if there is none, or if its definition at this point cannot be predicted
 */
export async function lookAhead(
  asked: TableName,
  context: PlanningContext,
): Promise<{ table: TableFacts; rows: RowsAhead }> {
  const { table, rows } = await find(asked, context);
  const isWritten = rows !== 'reshaped' && context.ahead.mayBeWritten(table.name);
  return { table, rows: isWritten ? 'rewritten' : rows };
}

async function find(
  asked: TableName,
  { request, session, server, ahead }: PlanningContext,
): Promise<{ table: TableFacts; rows: RowsAhead }> {
  const spelt = tableLabel(asked);
  request.emit({ type: 'phase', phase: 'inspect', table: spelt, text: `Looking at ${spelt}` });
  const found = ahead.get(asked);
  if (found?.state === 'known') return { table: found.facts, rows: found.rows };
  if (found !== undefined) {
    throw notForeseen(spelt, found.state === 'gone' ? 'it is dropped or renamed' : found.why);
  }
  const table = await inspectTable(session, server, asked);
  return { table, rows: 'there' };
}

function notForeseen(name: string, why: string): Fault {
  return new Fault(`Cannot predict what ${name} will look like at this point of the file: ${why}.`, {
    id: 'not-foreseen',
    exitCode: exitCodes.usage,
    next: 'Put the statements from this one on into a file of their own, and plan that when this one has run.',
  });
}
