import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import type { StatementResult } from '../documents/result.js';
import { quoteTable } from '../sql/names.js';
import { parseStatements } from '../sql/parse.js';
import { present } from '../util/present.js';
import type { KnownStatement } from './statement-kind.js';
import { type Answered, type SessionState, serverIdentity, type ToolSession } from './tool-connection.js';
import { failure, refused } from './tool-error.js';

/**
 * Makes the change of a table that a tool has sent on its connection.
 * @returns what the server would have answered
 * @throws {ToolError} if it was not made
 */
export async function alterTable(statement: KnownStatement, session: ToolSession): Promise<Answered> {
  const { sql } = statement;
  try {
    if (await isTemporaryTable(sql, session)) return await session.send(sql, Number.POSITIVE_INFINITY);
    await endTransaction(session);
    // The rest of alterwise is loaded with the first change: most connections never see one.
    const { runAlter } = await import('./run-alter.js');
    const result = await runAlter(statement, session.config, await readState(sql, session));
    return await session.send('DO 0').catch((error: Error) => {
      throw lostAfter(result, error);
    });
  } catch (error) {
    throw failure(error, sql);
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
  const table = quoteTable(present({ schema: parsed.schema, name: parsed.table }));
  const rows = await session.rows(`SHOW CREATE TABLE ${table}`).catch(() => []);
  return /^CREATE TEMPORARY/i.test(String(rows[0]?.['Create Table'] ?? ''));
}

/** SERVER_STATUS_IN_TRANS, of the status flags of an OK packet. */
const inTransaction = 1;

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

/** @throws {Fault} exit code 4 if with these session variables the change would do harm, or mean something else */
async function readState(sql: string, session: ToolSession): Promise<SessionState> {
  const [row] = await session.rows(
    `SELECT DATABASE() AS db, @@session.time_zone AS zone, @@session.foreign_key_checks AS keyChecks,
      @@session.sql_log_bin AS logs, @@session.sql_mode AS mode, @@global.sql_mode AS usual, ${serverIdentity} AS server`,
  );
  if (row === undefined) throw new Error('a SELECT without FROM returned no row');
  refuseVariables(sql, row);
  const database = row.db === null ? undefined : String(row.db);
  return present({ database, timeZone: String(row.zone), server: String(row.server) });
}

/** In these modes alterwise would read a statement differently. */
const parsedOtherwise = ['ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES'];
/** In these it would mean something else. Not IGNORE_SPACE, which mysql2 sets on every connection, alterwise's included. */
const meansOtherwise = ['PIPES_AS_CONCAT', 'REAL_AS_FLOAT', 'HIGH_NOT_PRECEDENCE'];

function refuseVariables(sql: string, row: RowDataPacket): void {
  if (Number(row.keyChecks) === 0 && /\breferences\b/i.test(sql)) {
    throw refused(
      'foreign-key-checks',
      'The session has foreign_key_checks=0: rows that violate the new foreign key would stay.',
      'SET foreign_key_checks=1 before the change.',
    );
  }
  if (Number(row.logs) === 0) {
    throw refused(
      'not-logged',
      'The session has sql_log_bin=0: replicas would not receive the change.',
      'SET sql_log_bin=1 before the change, or make it with your usual client.',
    );
  }
  const [own, usual] = [row.mode, row.usual].map((mode) => String(mode).split(','));
  const odd = [...parsedOtherwise, ...meansOtherwise.filter((mode) => !usual?.includes(mode))];
  const found = odd.filter((mode) => own?.includes(mode));
  if (found.length === 0) return;
  throw refused(
    'sql-mode',
    `The sql_mode of the session includes ${found.join(' and ')}, which changes what the statement means.`,
    'Before the change, use the sql_mode of the server: SET sql_mode=@@GLOBAL.sql_mode.',
  );
}
