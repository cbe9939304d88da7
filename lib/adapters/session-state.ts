import type { RowDataPacket } from 'mysql2';
import type { ToolSession } from './tool-connection.js';
import { refused } from './tool-error.js';

export interface SessionState {
  /** The default schema. */
  database?: string;
  /** As `@@time_zone`: literals and conversions of TIMESTAMP depend on it. */
  timeZone: string;
  /** The server that the session is on: a tunnel or a proxy may have led it elsewhere than its host and port say. */
  server: string;
}

/** Tells one server from another: its UUID, or on MariaDB, which has none, where it keeps its rows. */
export const serverIdentity = "CONCAT_WS(' ', @@hostname, @@port, @@datadir)";

/** These give a statement another meaning than alterwise, or its session, would read in it. */
const readsOtherwise = ['ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES'];
// Not IGNORE_SPACE, which mysql2 asks for on each of its connections, and alterwise has as well.
const meansOtherwise = ['PIPES_AS_CONCAT', 'REAL_AS_FLOAT', 'HIGH_NOT_PRECEDENCE'];

/**
 * What of a tool's session a change depends on.
 * @throws {Fault} exit code 4 where the session is set so that the change would be another, or do harm
 */
export async function readSessionState(sql: string, session: ToolSession): Promise<SessionState> {
  const [row] = await session.rows(
    `SELECT DATABASE() AS db, @@session.time_zone AS zone, @@session.foreign_key_checks AS keyChecks,
      @@session.sql_log_bin AS logs, @@session.sql_mode AS mode, @@global.sql_mode AS usual, ${serverIdentity} AS server`,
  );
  if (row === undefined) throw new Error('a SELECT without FROM gave no row');
  refuseHarm(sql, row);
  refuseMode(String(row.mode), String(row.usual));
  const database = row.db === null ? undefined : String(row.db);
  return {
    timeZone: String(row.zone),
    server: String(row.server),
    ...(database !== undefined && { database }),
  };
}

function refuseHarm(sql: string, row: RowDataPacket): void {
  if (Number(row.keyChecks) === 0 && /\breferences\b/i.test(sql)) {
    throw refused(
      'foreign-key-checks',
      'The session has foreign_key_checks=0: the rows that do not fit the new key would stay.',
      'SET foreign_key_checks=1 before the change.',
    );
  }
  if (Number(row.logs) === 0) {
    throw refused(
      'not-logged',
      'The session has sql_log_bin=0: replicas would not get the change.',
      'SET sql_log_bin=1 before the change, or make it with your usual client.',
    );
  }
}

function refuseMode(mode: string, usual: string): void {
  const own = mode.split(',');
  const odd = [
    ...readsOtherwise.filter((each) => own.includes(each)),
    ...meansOtherwise.filter((each) => own.includes(each) && !usual.split(',').includes(each)),
  ];
  if (odd.length === 0) return;
  throw refused(
    'sql-mode',
    `The session has ${odd.join(' and ')} in its sql_mode, and the change would be read as another one.`,
    'Set the sql_mode of the server before the change: SET sql_mode=@@GLOBAL.sql_mode.',
  );
}
