import { exitCodes } from '../../exit-code.js';
import { isAccessDenied, isRefusal } from '../../mysql/errors.js';
import { type Session, withSession } from '../../mysql/session.js';
import { quoteName, type TableName, tableLabel } from '../../sql/names.js';
import type { PlainStatement } from '../../sql/statement.js';
import type { PlanningContext } from '../context.js';
import { markRewritten, type Outlook, tableAhead } from './outlook.js';

/**
 * INSERT, REPLACE, UPDATE, DELETE. The server is asked how it would do it (EXPLAIN writes nothing, except what stored
 * functions do): a statement that it refuses is known before the first one of the file has run.
 */
export async function writeRows(
  statement: PlainStatement,
  names: readonly TableName[],
  context: PlanningContext,
): Promise<Outlook> {
  const [name] = names;
  const table = name === undefined ? undefined : await tableAhead(name, context);
  if (name !== undefined && table === undefined && statement.verb !== 'DELETE') {
    const refusal = { exitCode: exitCodes.usage, next: 'Compare the statement with SHOW TABLES.' };
    const text = `There is no ${tableLabel(name)}.`;
    return { reasons: [{ id: 'no-such-table', text }], settled: { strategy: 'refuse', refusal } };
  }
  const explained = await explain(statement.sql, context);
  // Behind other statements the server may refuse what will be there by then; what it counts is about right.
  const untouched = context.ahead.isEmpty && !context.ahead.isSetOtherwise;
  for (const each of names) await markRewritten(each, context);
  context.ahead.noteWritten(statement.mentions ?? []);
  if ('refused' in explained && untouched) {
    const refusal = { exitCode: exitCodes.usage, next: 'Fix the statement.' };
    const text = `The server says ${explained.refused}`;
    return { reasons: [{ id: 'server-rejects', text }], settled: { strategy: 'refuse', refusal } };
  }
  const where = names.length === 0 ? '' : ` ${names.map(tableLabel).join(', ')}`;
  return {
    reasons: [{ id: 'plain', text: `Writes rows of${where || ' tables that its text names'}.` }],
    ...('rows' in explained && { rows: explained.rows, rowsExact: false }),
  };
}

/** Rows that the server would look at; absent where it does not say. */
async function explain(
  sql: string,
  { request: { settings } }: PlanningContext,
): Promise<{ rows?: number } | { refused: string }> {
  const { database } = settings.connection;
  try {
    return await withSession(settings.connection, {}, async (session) => {
      if (await hasFunctions(session)) return {};
      if (database !== undefined) await session.execute(`USE ${quoteName(database)}`);
      // MySQL 9 explains as a tree unless told otherwise, and a tree says nothing of UPDATE and DELETE.
      const plan = await session.rows<{ rows?: string | number | null }>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`);
      // Of INSERT … SELECT the first row is the INSERT, of which there is no number.
      const [rows] = plan.flatMap(({ rows }) => (rows === undefined || rows === null ? [] : [Number(rows)]));
      return rows === undefined || Number.isNaN(rows) ? {} : { rows };
    });
  } catch (error) {
    if (isRefusal(error)) return { refused: `(${error.errno}): ${error.message}` };
    if (isAccessDenied(error)) return { refused: error.message };
    return {};
  }
}

/**
 * EXPLAIN calls stored functions where it takes them for constant, and they may write (measured on MySQL 5.7 and 8.0 and
 * on MariaDB). A statement may reach one by a view: where there are any, nothing is asked.
 */
async function hasFunctions(session: Session): Promise<boolean> {
  const rows = await session.rows(
    "SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_TYPE='FUNCTION' AND ROUTINE_SCHEMA NOT IN ('sys', 'mysql') LIMIT 1",
  );
  return rows.length > 0;
}
