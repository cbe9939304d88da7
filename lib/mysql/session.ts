import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { Fault } from '../fault.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteString } from '../sql/names.js';
import { within } from '../util/within.js';
import { connect } from './connect.js';
import { isAccessDenied, isConnectionLost, isUnknownVariable } from './errors.js';

/** How long a query that only looks may take. */
const readLimitMs = 30_000;
/** How long a statement without rows may take; the DROP of a large table lasts minutes. */
const executeLimitMs = 600_000;

/** How long the end of a connection may take. */
const closeLimitMs = 2_000;

export interface SessionOptions {
  /** Whole seconds, at least 1 (MySQL makes 1 of 0). Default 1: what only looks must not queue. */
  lockWaitTimeoutSeconds?: number;
}

export interface QueryOptions {
  /** After this the connection is given up; `Infinity` where somebody else watches the statement. */
  limitMs?: number;
}

/** A connection on which no wait is without an end. */
export interface Session {
  /** The id that KILL and the processlist know. */
  readonly connectionId: number;
  rows<Row extends object>(sql: string, values?: readonly unknown[], options?: QueryOptions): Promise<Row[]>;
  /** For statements without rows; ten minutes, where the caller does not say. */
  execute(sql: string, options?: QueryOptions): Promise<{ affectedRows: number; warnings: number }>;
  close(): Promise<void>;
}

/** Opens a session, hands it to `use`, and closes it whatever happens. */
export async function withSession<T>(
  settings: ConnectionSettings,
  options: SessionOptions,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(settings, options);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/**
 * Opens a session with bounded lock waits. Its sql_mode is the server's, made strict (a conversion that would
 * lose a value must fail), without ANSI_QUOTES and NO_BACKSLASH_ESCAPES (so that quoting means one thing). What a
 * server may be set to otherwise, or says in init_connect, does not hold: a write that is not committed would be told as
 * done, and a foreign key be added unchecked.
 * Statistics are read fresh: MySQL 8 caches them for a day (manual, information_schema_stats_expiry).
 */
export async function openSession(
  settings: ConnectionSettings,
  options: SessionOptions = {},
): Promise<Session> {
  const connection = await connect(settings);
  // A connection that dies between two queries emits an error nobody waits for; the next query tells it again.
  connection.on('error', () => {});
  const session = new BoundedSession(connection);
  try {
    await session.execute(setUp(options.lockWaitTimeoutSeconds ?? 1, settings.timeZone));
    await keepPrimaryKeysVisible(session);
  } catch (error) {
    drop(connection);
    throw error;
  }
  return session;
}

function setUp(lockWaitTimeoutSeconds: number, timeZone: string | undefined): string {
  const seconds = Math.max(1, Math.ceil(lockWaitTimeoutSeconds));
  const mode =
    "REPLACE(REPLACE(REPLACE(@@GLOBAL.sql_mode,'ANSI_QUOTES',''),'NO_BACKSLASH_ESCAPES',''),'ANSI','')";
  // MariaDB skips comments of versions 50700 to 99999, so these are MySQL's alone.
  return (
    `SET SESSION lock_wait_timeout=${seconds}, innodb_lock_wait_timeout=${seconds}, wait_timeout=86400, autocommit=1, foreign_key_checks=1, ` +
    (timeZone === undefined ? '' : `time_zone=${quoteString(timeZone)}, `) +
    `sql_mode=CONCAT_WS(',',NULLIF(${mode},''),'STRICT_ALL_TABLES')` +
    ' /*!80000 , information_schema_stats_expiry=0 */'
  );
}

/**
 * A clone of a table without a primary key must not get an invisible one (MySQL 8.0.30 and up, where the server is
 * set so). Changing it takes a privilege that few accounts have, and few servers are set so: without it the clone
 * differs a little, which verification allows for.
 */
async function keepPrimaryKeysVisible(session: Session): Promise<void> {
  try {
    await session.execute('SET SESSION sql_generate_invisible_primary_key=0');
  } catch (error) {
    if (!isUnknownVariable(error) && !isAccessDenied(error)) throw error;
  }
}

class BoundedSession implements Session {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get connectionId(): number {
    return this.#connection.threadId;
  }

  async rows<Row extends object>(
    sql: string,
    values: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Row[]> {
    const [rows] = await this.#query<RowDataPacket[]>(sql, values, options);
    return rows as unknown as Row[];
  }

  async execute(
    sql: string,
    options: QueryOptions = {},
  ): Promise<{ affectedRows: number; warnings: number }> {
    const [header] = await this.#query<ResultSetHeader>(sql, [], { limitMs: executeLimitMs, ...options });
    return { affectedRows: header.affectedRows, warnings: header.warningStatus };
  }

  async close(): Promise<void> {
    try {
      // A QUIT that is never answered must not hold up the end of a run.
      await within(closeLimitMs, this.#connection.end(), () => new Error('no answer to QUIT'));
      dropUnlessClosed(this.#connection);
    } catch {
      drop(this.#connection); // already lost: there is nothing left to close
    }
  }

  #query<T extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values: readonly unknown[],
    { limitMs = readLimitMs }: QueryOptions,
  ) {
    return within(limitMs, this.#connection.query<T>({ sql, values: [...values] }), () => {
      drop(this.#connection);
      const error = new Error(`The server gave no answer within ${limitMs / 1_000} s`);
      return Object.assign(error, { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
    });
  }
}

/**
 * mysql2 calls a connection ended once QUIT is sent; it is the server that closes it then, and on a network that is silent
 * nobody does.
 */
function dropUnlessClosed(connection: Connection): void {
  const timer = setTimeout(() => drop(connection), closeLimitMs);
  timer.unref(); // an open socket keeps the process alive for it
  streamOf(connection)?.once('close', () => clearTimeout(timer));
}

/**
 * mysql2's destroy() only says good-bye, and then waits for the server to say it too: on a network that is silent, its
 * socket would keep the process alive for long after the work is done (measured).
 */
function drop(connection: Connection): void {
  connection.destroy();
  streamOf(connection)?.destroy();
}

function streamOf(connection: Connection): Socket | undefined {
  const { connection: core } = connection as unknown as { connection: { stream?: Socket } };
  return core.stream;
}

/**
 * A session for the look after an accident: the server may be restarting, so it is asked again each second.
 * `use` may run more than once.
 * @returns undefined where the server could not be asked within the limit
 */
export async function withPatientSession<T>(
  settings: ConnectionSettings,
  options: SessionOptions & { limitMs: number; signal?: AbortSignal },
  use: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const start = performance.now();
  for (;;) {
    try {
      return await withSession(settings, options, use);
    } catch (error) {
      const gone = isConnectionLost(error) || (error instanceof Fault && error.id === 'unreachable');
      if (!gone) throw error;
      if (performance.now() - start > options.limitMs) return undefined;
      await sleep(1_000, undefined, options.signal && { signal: options.signal });
    }
  }
}
