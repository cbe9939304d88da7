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

/** 3854: a value in a system table cannot be converted to its character set. */
export const isUnconvertible = has(3854);

/** 1317 interrupted, 1969 max_statement_time (MariaDB), 3024 max_execution_time. */
export const isInterrupted = has(1317, 1969, 3024);

/** 1064: the statement does not parse. */
export const isSyntaxError = has(1064);

/**
 * "This ALGORITHM or LOCK cannot do that": try the next rung. 1845 and 1846 name the reason, 1221 is an invalid
 * combination, 1800 a word that this version does not know, 4092 the limit of row versions, 4157 a row that would become
 * too long for INSTANT.
 */
export const isClassRefused = has(1845, 1846, 1221, 1800, 4092, 4157);

/**
 * Errors that a change, or a part of it, meets if it is already in place: duplicate column 1060, duplicate key name 1061,
 * cannot drop 1091, unknown column 1054, multiple primary keys 1068, constraint name taken 1826, 3822, 1022 (MySQL 5.7),
 * 121 and 1005 with 121 in its text (MariaDB), no such constraint 3940, key does not exist 1176.
 */
export function mayBeInPlace(error: unknown): error is ServerError {
  return exists(error) && (error.errno !== 1005 || error.message.includes('errno: 121'));
}

const exists = has(1022, 1054, 1060, 1061, 1068, 1091, 1005, 121, 1176, 1826, 3822, 3821, 3940);

/** 1094: KILL of a connection that does not exist. */
export const isUnknownThread = has(1094);

export const isUnknownTable = has(1146);
export const isUnknownDatabase = has(1049);
export const isUnknownVariable = has(1193);

/** 1044, 1045 access denied; 1142, 1143, 1227, 1370: a privilege is missing. */
export const isAccessDenied = has(1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118, 1820);

/** The connection is lost or was never made: what the server did with the last statement is unknown. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, fatal, syscall } = error as Error & { code?: unknown; fatal?: unknown; syscall?: unknown };
  // A unix socket; a missing file has the same code.
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

/** The server refuses the statement itself, whatever the account, the connection or the moment. */
export function isRefusal(error: unknown): error is ServerError {
  const others = [isConnectionGone, isInterrupted, isLockWaitTimeout, isAccessDenied];
  return isServerError(error) && !others.some((is) => is(error));
}

/** KILL and a shutdown arrive as server errors, and end the connection. */
export const isConnectionKilled = has(1053, 1152, 1158, 1159, 1160, 1161, 1927, 4031, 3032);

/** The connection has ended, whoever ended it: what the server did with the last statement is unknown. */
export function isConnectionGone(error: unknown): boolean {
  return isConnectionLost(error) || isConnectionKilled(error);
}

/** The server, the network or the account prevents a look at the server; not a defect of alterwise. */
export function cannotAsk(error: unknown): boolean {
  return error instanceof Fault || isServerError(error) || isConnectionGone(error);
}

/** Undefined if the server refuses: a privilege is missing, something is gone, or a query took longer than it may. */
export async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!isServerError(error)) throw error;
    return undefined;
  }
}

/** Neither a defect of alterwise nor an ending that the plan accounts for. */
export interface Trouble {
  id: string;
  text: string;
  next: string;
}

/** @returns undefined for any other error */
export function troubleOf(error: unknown): Trouble | undefined {
  const said = error instanceof Error ? error.message : String(error);
  if (isConnectionGone(error)) {
    const next = 'Check that the server is up, and run it again.';
    return { ...connectionLost(`The connection to the server was lost: ${said}`), next };
  }
  if (isAccessDenied(error)) {
    const next = 'Compare SHOW GRANTS with docs/privileges.md, grant what is missing, and run it again.';
    return { ...accessDenied(`The account lacks a privilege: ${said}`), next };
  }
  return undefined;
}

export function connectionLost(text: string) {
  return { id: 'connection-lost', text };
}

export function accessDenied(text: string) {
  return { id: 'access-denied', text };
}
