import type { ResultSetHeader } from 'mysql2';
import type { StatementResult } from '../documents/result.js';
import { quoteTable } from '../sql/names.js';
import { parseStatements } from '../sql/parse.js';
import { readSessionState } from './session-state.js';
import type { KnownStatement } from './statement-kind.js';
import type { Answered, ToolSession } from './tool-connection.js';
import { failure, refused } from './tool-error.js';

/** SERVER_STATUS_IN_TRANS, of the status flags of an OK packet. */
const inTransaction = 1;

/**
 * Makes the change of a table that a tool has asked for on its connection.
 * @returns what the server would have answered
 * @throws {ToolError} where it was not made
 */
export async function change(statement: KnownStatement, session: ToolSession): Promise<Answered> {
  try {
    if (await isOfTemporaryTable(statement.sql, session)) {
      return await session.send(statement.sql, Number.POSITIVE_INFINITY);
    }
    await endTransaction(session);
    // All of alterwise is loaded when the first change comes: most connections never see one.
    const { runChange } = await import('./run-change.js');
    const result = await runChange(statement, session.config, await readSessionState(statement.sql, session));
    return await session.send('DO 0').catch((error: Error) => {
      throw lostAfter(result, error);
    });
  } catch (error) {
    throw failure(error, statement.sql);
  }
}

/** The tool's connection did not outlive the change: the tool has to know that it was made. */
function lostAfter(result: StatementResult, cause: Error): Error {
  const text = `${result.state} But the connection of the script was lost meanwhile: ${cause.message}. Run the same again: what is done is recognised.`;
  return Object.assign(new Error(text, { cause }), { ...cause, fatal: true, alterwise: result });
}

/** Such a table is the session's own, and another of the same name may stand behind it. */
async function isOfTemporaryTable(sql: string, session: ToolSession): Promise<boolean> {
  const [parsed] = parseStatements(sql);
  if (parsed === undefined) return false;
  const { schema, table: name } = parsed;
  const table = quoteTable({ name, ...(schema !== undefined && { schema }) });
  const rows = await session.rows(`SHOW CREATE TABLE ${table}`).catch(() => []);
  return /^CREATE TEMPORARY/i.test(String(rows[0]?.['Create Table'] ?? ''));
}

/**
 * A change of a table commits what is open (MySQL 9.7 manual, "Statements That Cause an Implicit Commit"). Tools open a
 * transaction around a migration as a matter of course: where nothing was written in it, it is ended as the server
 * would have ended it.
 */
async function endTransaction(session: ToolSession): Promise<void> {
  if (session.hasTablesLocked) {
    throw refused(
      'tables-locked',
      'The session holds tables by LOCK TABLES, and would wait for itself.',
      'Send UNLOCK TABLES before the change.',
    );
  }
  const { serverStatus } = (await session.header('DO 0')) as ResultSetHeader & { serverStatus: number };
  if ((serverStatus & inTransaction) === 0) return;
  if (session.hasWritten) {
    throw refused(
      'open-transaction',
      'The change would commit the open transaction, with what was written in it, whatever becomes of the rest.',
      'Write the data in a migration of its own, or commit before the change (and switch off the transaction around this migration, where the tool opens one).',
    );
  }
  await session.header('COMMIT');
}
