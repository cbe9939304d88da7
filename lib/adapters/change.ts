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
 * Makes the change of a table that a tool has sent on its connection.
 * @returns what the server would have answered
 * @throws {ToolError} if it was not made
 */
export async function change(statement: KnownStatement, session: ToolSession): Promise<Answered> {
  try {
    if (await isTemporaryTable(statement.sql, session)) {
      return await session.send(statement.sql, Number.POSITIVE_INFINITY);
    }
    await endTransaction(session);
    // The rest of alterwise is loaded with the first change: most connections never see one.
    const { runChange } = await import('./run-change.js');
    const result = await runChange(statement, session.config, await readSessionState(statement.sql, session));
    return await session.send('DO 0').catch((error: Error) => {
      throw lostAfter(result, error);
    });
  } catch (error) {
    throw failure(error, statement.sql);
  }
}

/** The tool's connection was lost during the change: the tool must learn that the change was made. */
function lostAfter(result: StatementResult, cause: Error): Error {
  const text = `${result.state} The script's own connection was lost meanwhile: ${cause.message}. Run the same command again: what is done is recognized.`;
  return Object.assign(new Error(text, { cause }), { ...cause, fatal: true, alterwise: result });
}

/** A temporary table belongs to the session, and may hide a table of the same name. */
async function isTemporaryTable(sql: string, session: ToolSession): Promise<boolean> {
  const [parsed] = parseStatements(sql);
  if (parsed === undefined) return false;
  const { schema, table: name } = parsed;
  const table = quoteTable({ name, ...(schema !== undefined && { schema }) });
  const rows = await session.rows(`SHOW CREATE TABLE ${table}`).catch(() => []);
  return /^CREATE TEMPORARY/i.test(String(rows[0]?.['Create Table'] ?? ''));
}

/**
 * A change of a table commits the open transaction (MySQL 9.7 manual, "Statements That Cause an Implicit Commit").
 * Tools routinely open one around a migration: if nothing was written in it, it is committed as the server would.
 */
async function endTransaction(session: ToolSession): Promise<void> {
  if (session.hasTablesLocked) {
    throw refused(
      'tables-locked',
      'The session holds table locks (LOCK TABLES), and the change would wait for them.',
      'Send UNLOCK TABLES before the change.',
    );
  }
  const { serverStatus } = (await session.header('DO 0')) as ResultSetHeader & { serverStatus: number };
  if ((serverStatus & inTransaction) === 0) return;
  if (session.hasWritten) {
    throw refused(
      'open-transaction',
      'ALTER TABLE would implicitly commit the open transaction and its writes.',
      'Move the writes to a migration of their own, or commit before the change (and turn off the transaction that the tool opens around this migration).',
    );
  }
  await session.header('COMMIT');
}
