import { Fault } from '../fault.js';

/**
 * MySQL's and MariaDB's error numbers, named once and used through predicates (MySQL 9.7 manual, "Server Error
 * Message Reference"; MariaDB knowledge base, "Error Codes").
 */
export interface ServerError extends Error {
  errno: number;
  code: string;
  sqlState?: string;
}

export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' && error.errno >= 1000;
}

const has =
  (...numbers: number[]) =>
  (error: unknown): error is ServerError =>
    isServerError(error) && numbers.includes(error.errno);

/** 1205: `lock_wait_timeout` or `innodb_lock_wait_timeout` ran out; nothing was changed. */
export const isLockWaitTimeout = has(1205);

/** 1213: one of two transactions that wait for each other was rolled back. */
export const isDeadlock = has(1213);

/** 3854: a text in a table of the server itself does not go into its character set. */
export const isUnconvertible = has(3854);

/** 1317 interrupted, 1969 max_statement_time (MariaDB), 3024 max_execution_time. */
export const isInterrupted = has(1317, 1969, 3024);

/** 1064: the statement does not parse. */
export const isSyntaxError = has(1064);

/**
 * "This ALGORITHM or LOCK cannot do that": try the next rung. 1845 and 1846 name the reason, 1221 is a
 * combination that cannot be stated, 1800 a word that this version does not know, 4092 the limit of row
 * versions, 4157 a row that would become too long for INSTANT.
 */
export const isClassRefused = has(1845, 1846, 1221, 1800, 4092, 4157);

/**
 * What a server answers where the change, or a part of it, may be in place already: duplicate column 1060,
 * duplicate key name 1061, cannot drop 1091, unknown column 1054, multiple primary keys 1068, constraint name
 * taken 1826, 3822, 1022 (MySQL 5.7), 121 and 1005 with 121 in its text (MariaDB), no such constraint 3940, key does not
 * exist 1176.
 */
export function mayBeInPlace(error: unknown): error is ServerError {
  return exists(error) && (error.errno !== 1005 || error.message.includes('errno: 121'));
}

const exists = has(1022, 1054, 1060, 1061, 1068, 1091, 1005, 121, 1176, 1826, 3822, 3821, 3940);

/** 1094: of KILL: that connection is not there. */
export const isUnknownThread = has(1094);

export const isUnknownTable = has(1146);
export const isUnknownDatabase = has(1049);
export const isUnknownVariable = has(1193);

/** 1044, 1045 access denied; 1142, 1143, 1227, 1370: a privilege is missing. */
export const isAccessDenied = has(1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118, 1820);

/** The connection is gone, or never came: what the server did with the last statement is not known. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, fatal, syscall } = error as Error & { code?: unknown; fatal?: unknown; syscall?: unknown };
  // Of a unix socket; files are missed as well.
  if (code === 'ENOENT' && syscall === 'connect') return true;
  if (typeof code === 'string' && lostCodes.has(code)) return true;
  return fatal === true && !isServerError(error);
}

const lostCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ER_SERVER_SHUTDOWN',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_SERVER_ISNT_AVAILABLE',
]);

/** The server's judgement of the statement itself, and not of the account, the connection or the moment. */
export function isRefusal(error: unknown): error is ServerError {
  const others = [isConnectionGone, isInterrupted, isLockWaitTimeout, isAccessDenied];
  return isServerError(error) && !others.some((is) => is(error));
}

/** KILL of the whole connection and a shutdown arrive as server errors, and leave no connection behind. */
export const isConnectionKilled = has(1053, 1152, 1158, 1159, 1160, 1161, 1927, 4031, 3032);

/** There is no connection any more, whoever ended it: what the server did with the last statement is not known. */
export function isConnectionGone(error: unknown): boolean {
  return isConnectionLost(error) || isConnectionKilled(error);
}

/**
 * Whether a look at the server failed for what the server, the network or the account is now, and not for a defect: it
 * refused, the connection was lost, or there was none to be had.
 */
export function cannotAsk(error: unknown): boolean {
  return error instanceof Fault || isServerError(error) || isConnectionGone(error);
}

/**
 * A look at the server by an account that may have lost its privileges, or its right to connect, since it began; or
 * from a machine whose certificates are gone.
 * @param onDenied told why, in the server's words
 * @returns undefined where it may not look
 */
export async function unlessDenied<T>(
  look: Promise<T>,
  onDenied: (text: string) => void = () => {},
): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    const isDenied = isAccessDenied(error) || error instanceof Fault;
    if (!isDenied) throw error;
    onDenied(error.message);
    return undefined;
  }
}
