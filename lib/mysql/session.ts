import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { Fault } from '../fault.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteString } from '../sql/names.js';
import { within } from '../util/within.js';
import { connect, isUnreachable } from './connect.js';
import { isAccessDenied, isConnectionLost, isUnknownVariable } from './errors.js';

/** How long a query may take. */
const readLimitMs = 30_000;
/** How long a statement without rows may take; the DROP of a large table lasts minutes. */
const executeLimitMs = 600_000;

/** How long closing a connection may take. */
const closeLimitMs = 2_000;

export interface SessionOptions {
  /** Whole seconds, at least 1 (MySQL turns 0 into 1). Default 1: a query must not queue. */
  lockWaitTimeoutSeconds?: number;
}

export interface QueryOptions {
  /** After this the connection is dropped; `Infinity` if something else watches the statement. */
  limitMs?: number;
}

/** A connection on which every wait is bounded. */
export interface Session {
  /** As KILL and the processlist know it. */
  readonly connectionId: number;
  rows<Row extends object>(sql: string, values?: readonly unknown[], options?: QueryOptions): Promise<Row[]>;
  /** For statements without rows. Default limit: ten minutes. */
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
 * Opens a session with bounded lock waits. Its sql_mode is the server's, made strict (a conversion that would lose a value
 * must fail), without ANSI_QUOTES and NO_BACKSLASH_ESCAPES (so that quoting means one thing). autocommit and
 * foreign_key_checks are on whatever the server or its init_connect says: otherwise an uncommitted write would be reported
 * as done, and a foreign key added unchecked. Statistics are fresh: MySQL 8 caches them for a day (manual,
 * information_schema_stats_expiry).
 */
export async function openSession(
  settings: ConnectionSettings,
  options: SessionOptions = {},
): Promise<Session> {
  const connection = await connect(settings);
  // A connection that dies between two queries emits an error; the next query throws it again.
  connection.on('error', () => {});
  const session = boundedSession(connection);
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
  // MariaDB skips version comments from 50700 to 99999, so these are for MySQL alone.
  return (
    `SET SESSION lock_wait_timeout=${seconds}, innodb_lock_wait_timeout=${seconds}, wait_timeout=86400, autocommit=1, foreign_key_checks=1, ` +
    (timeZone === undefined ? '' : `time_zone=${quoteString(timeZone)}, `) +
    `sql_mode=CONCAT_WS(',',NULLIF(${mode},''),'STRICT_ALL_TABLES')` +
    ' /*!80000 , information_schema_stats_expiry=0 */'
  );
}

/**
 * A clone of a table without a primary key must not get an invisible one (MySQL 8.0.30 and later, if the server is set
 * so). This takes a privilege that few accounts have; without it the clone differs a little, which verification allows.
 */
async function keepPrimaryKeysVisible(session: Session): Promise<void> {
  try {
    await session.execute('SET SESSION sql_generate_invisible_primary_key=0');
  } catch (error) {
    if (!isUnknownVariable(error) && !isAccessDenied(error)) throw error;
  }
}

function boundedSession(connection: Connection): Session {
  const query = <T extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values: readonly unknown[],
    limitMs: number,
  ) =>
    within(limitMs, connection.query<T>({ sql, values: [...values] }), () => {
      drop(connection);
      const error = new Error(`The server gave no answer within ${limitMs / 1_000} s`);
      return Object.assign(error, { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
    });
  return {
    connectionId: connection.threadId,
    async rows<Row>(sql: string, values: readonly unknown[] = [], { limitMs = readLimitMs } = {}) {
      const [rows] = await query<RowDataPacket[]>(sql, values, limitMs);
      return rows as unknown as Row[];
    },
    async execute(sql, { limitMs = executeLimitMs } = {}) {
      const [header] = await query<ResultSetHeader>(sql, [], limitMs);
      return { affectedRows: header.affectedRows, warnings: header.warningStatus };
    },
    async close() {
      try {
        // An unanswered QUIT must not delay the end of a run.
        await within(closeLimitMs, connection.end(), () => new Error('no answer to QUIT'));
        dropUnlessClosed(connection);
      } catch {
        drop(connection); // already lost
      }
    },
  };
}

/**
 * mysql2 considers a connection ended once QUIT is sent and expects the server to close it, which on a silent network never
 * happens.
 */
function dropUnlessClosed(connection: Connection): void {
  const timer = setTimeout(() => drop(connection), closeLimitMs);
  timer.unref(); // an open socket keeps the process alive until then
  streamOf(connection)?.once('close', () => clearTimeout(timer));
}

/**
 * mysql2's destroy() sends a goodbye and waits for the server's: on a silent network its socket would keep the process
 * alive long after the work is done (measured).
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
 * A session on a server that may be restarting: connecting is retried each second. `use` may run more than once.
 * @returns undefined if the server could not be asked within the limit
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
      if (!isConnectionLost(error) && !isUnreachable(error)) throw error;
      if (performance.now() - start > options.limitMs) return undefined;
      await sleep(1_000, undefined, options.signal && { signal: options.signal });
    }
  }
}

const lookAfterwardsLimitMs = 60_000;

interface LookAfterwards extends SessionOptions {
  /** Aborted: a server that cannot be reached at once is not waited for. */
  hurry?: AbortSignal | undefined;
  /** Called with the server's words if the account may no longer look. */
  onDenied?(text: string): void;
}

/**
 * Looks at the server after a statement: it may be restarting, and since the run began the account may have lost its
 * privileges or its right to connect, or this machine its certificates.
 * @returns undefined if the server cannot be asked
 */
export async function lookAfterwards<T>(
  settings: ConnectionSettings,
  { hurry, onDenied, ...options }: LookAfterwards,
  use: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const limitMs = hurry?.aborted ? 0 : lookAfterwardsLimitMs;
  try {
    return await withPatientSession(settings, { ...options, limitMs }, use);
  } catch (error) {
    if (!isAccessDenied(error) && !(error instanceof Fault)) throw error;
    onDenied?.(error.message);
    return undefined;
  }
}
