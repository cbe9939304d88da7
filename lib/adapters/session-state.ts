import type { RowDataPacket } from 'mysql2';
import type { ToolSession } from './tool-connection.js';
import { refused } from './tool-error.js';

export interface SessionState {
  /** The default schema. */
  database?: string;
  /** `@@time_zone`, on which literals and conversions of TIMESTAMP depend. */
  timeZone: string;
  /** The server of the session: behind a tunnel or a proxy it may be another than host and port say. */
  server: string;
}

/** Tells servers apart; MariaDB has no UUID. */
export const serverIdentity = "CONCAT_WS(' ', @@hostname, @@port, @@datadir)";

/** In these modes alterwise would read a statement differently. */
const parsedOtherwise = ['ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES'];
/** In these it would mean something else. Not IGNORE_SPACE, which mysql2 sets on every connection, alterwise's included. */
const meansOtherwise = ['PIPES_AS_CONCAT', 'REAL_AS_FLOAT', 'HIGH_NOT_PRECEDENCE'];

/**
 * The state of a tool's session that a change depends on.
 * @throws {Fault} exit code 4 if with these session variables the change would do harm, or mean something else
 */
export async function readSessionState(sql: string, session: ToolSession): Promise<SessionState> {
  const [row] = await session.rows(
    `SELECT DATABASE() AS db, @@session.time_zone AS zone, @@session.foreign_key_checks AS keyChecks,
      @@session.sql_log_bin AS logs, @@session.sql_mode AS mode, @@global.sql_mode AS usual, ${serverIdentity} AS server`,
  );
  if (row === undefined) throw new Error('a SELECT without FROM returned no row');
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
}

function refuseMode(mode: string, usual: string): void {
  const own = mode.split(',');
  const odd = [
    ...parsedOtherwise.filter((each) => own.includes(each)),
    ...meansOtherwise.filter((each) => own.includes(each) && !usual.split(',').includes(each)),
  ];
  if (odd.length === 0) return;
  throw refused(
    'sql-mode',
    `The sql_mode of the session includes ${odd.join(' and ')}, which changes what the statement means.`,
    'Before the change, use the sql_mode of the server: SET sql_mode=@@GLOBAL.sql_mode.',
  );
}
