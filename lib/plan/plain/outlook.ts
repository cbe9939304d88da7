import type { Check, Reason, Refusal } from '../../documents/plan.js';
import { Fault } from '../../fault.js';
import { inspectTable, type TableFacts } from '../../inspect/table.js';
import { isUnknownTable } from '../../mysql/errors.js';
import type { TableName } from '../../sql/names.js';
import type { TableAhead } from '../ahead.js';
import type { PlanningContext } from '../context.js';

/** What is predicted of a plain statement. */
export interface Outlook {
  reasons: readonly Reason[];
  checks?: readonly Check[];
  /** Absent: it is run. */
  settled?: { strategy: 'nothing' } | { strategy: 'refuse'; refusal: Refusal };
  /** Of the tables that it touches, where it is known. */
  rows?: number;
  rowsExact?: boolean;
}

/**
 * A table as it will be when the statement is reached; undefined where there will be none.
 * @throws {Fault} where the name is that of a view, or the server cannot be asked
 */
export async function tableAhead(
  name: TableName,
  { session, server, ahead }: PlanningContext,
): Promise<Exclude<TableAhead, { state: 'gone' }> | undefined> {
  const found = ahead.get(name);
  if (found?.state === 'gone') return undefined;
  if (found !== undefined) return found;
  try {
    return { state: 'known', facts: await inspectTable(session, server, name), rows: 'there' };
  } catch (error) {
    const isAbsent = error instanceof Fault && ['no-such-table', 'no-such-schema'].includes(error.id);
    if (isAbsent || isUnknownTable(error)) return undefined;
    throw error;
  }
}

/** From now on the rows of the table are others than those that can be asked now. */
export async function markRewritten(name: TableName, context: PlanningContext): Promise<void> {
  const table = await tableAhead(name, context);
  if (table?.state === 'known') context.ahead.set(name, { ...table, rows: later(table.rows) });
}

/** The rows of a table that an earlier statement makes may be some now, which only the run will see. */
function later(rows: Extract<TableAhead, { state: 'known' }>['rows']): typeof rows {
  return rows === 'reshaped' ? rows : 'rewritten';
}

export function rowsOf({ rows }: Pick<TableFacts, 'rows'>): Pick<Outlook, 'rows' | 'rowsExact'> {
  return rows === undefined ? {} : { rows: rows.count, rowsExact: rows.exact };
}
