import type { EventEmitter } from 'node:events';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { within } from '../util/within.js';
import type { StatementKind } from './statement-kind.js';

/** The result of a statement: a header or rows, or of several statements one each. */
export type ToolResult = ResultSetHeader | RowDataPacket[] | readonly (ResultSetHeader | RowDataPacket[])[];
export type ToolCallback = (error: Error | null, result?: ToolResult, fields?: unknown) => void;

/**
 * A command in the queue of a mysql2 connection (3.x, `lib/commands/`): a Query has `sql`, a Prepare `query`, an
 * Execute of a prepared statement `statement`. The answer goes to `onResult`, or else to its events.
 */
export interface Command extends EventEmitter {
  sql?: string;
  query?: string;
  statement?: { query?: string };
  /** Of an Execute. */
  parameters?: unknown;
  /** Of a Prepare. */
  options?: object;
  /** Of a Query: how its rows are wanted. */
  _queryOptions?: object;
  /** Of a ChangeUser. */
  database?: string;
  onResult?: ToolCallback | undefined;
}

/** The part of a mysql2 connection (callback form) that the adapter uses. */
export interface ToolConnection extends EventEmitter {
  /** Set when the connection is lost. */
  _fatalError?: Error | null;
  config: ToolConfig;
  /** Every statement comes through this queue, whichever method sent it. */
  addCommand(command: Command): Command;
  format(sql: string, values: unknown): string;
  query(sql: Asked, values?: unknown, callback?: unknown): Command;
  execute(sql: Asked, values?: unknown, callback?: unknown): Command;
  prepare(sql: Asked, callback?: (error: Error | null, statement?: object) => void): Command;
}

export type Asked = string | { sql: string };

export interface ToolConfig {
  host?: string;
  port?: number | string;
  socketPath?: string;
  user?: string;
  password?: string;
  database?: string;
  multipleStatements?: boolean;
  /** False, or the given options with mysql2's defaults. */
  ssl?: false | ToolTls;
}

export interface ToolTls {
  ca?: unknown;
  cert?: unknown;
  key?: unknown;
  rejectUnauthorized?: boolean;
  verifyIdentity?: boolean;
}

/** `BaseConnection.createQuery` of mysql2. */
type CreateQuery = (sql: object, values: undefined, callback: ToolCallback, config: ToolConfig) => Command;

/** A result, and the descriptions of its columns if it has rows. */
export type Answered = readonly [result: ToolResult, fields?: unknown];

const answerLimitMs = 30_000;

/** The session of a tool's connection: its state, and a way to query it while the tool waits. */
export interface ToolSession {
  readonly config: ToolConfig;
  /** Since its transaction began, or since the last migration that the tool recorded in it. */
  hasWritten: boolean;
  hasTablesLocked: boolean;
  /** Sends a statement ahead of the tool's own commands. @param limitMs how long to wait for the answer */
  send(sql: string, limitMs?: number): Promise<Answered>;
  /** The same session, with rows in the form that a command wants. */
  as(command: Command): ToolSession;
  rows(sql: string): Promise<RowDataPacket[]>;
  header(sql: string): Promise<ResultSetHeader>;
  /** Takes note of a statement that passes. */
  note(kind: StatementKind): void;
  /** After COM_CHANGE_USER or COM_RESET_CONNECTION. */
  reset(): void;
}

/** What leaves a transaction open. UNLOCK TABLES commits only if tables were locked. */
const keepsTransaction: readonly StatementKind[] = ['read', 'write', 'temporary-table'];

/** @param add adds to the connection's own queue, past the interception */
export function toolSession(connection: ToolConnection, add: (command: Command) => Command): ToolSession {
  const { createQuery } = connection.constructor as unknown as { createQuery: CreateQuery };
  const sendAs = (wanted: object, sql: string, limitMs = answerLimitMs) => {
    const answer = new Promise<Answered>((resolve, reject) => {
      const done = (error: Error | null, result?: ToolResult, fields?: unknown) =>
        error === null ? resolve([result ?? [], fields]) : reject(error);
      add(createQuery({ ...wanted, sql, values: undefined }, undefined, done, connection.config));
    });
    const gone = `the connection did not answer within ${limitMs / 1000} s`;
    return within(limitMs, answer, () =>
      Object.assign(new Error(gone), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' }),
    );
  };
  const plain = { rowsAsArray: false, nestTables: false, typeCast: true };
  const session: ToolSession = {
    config: connection.config,
    hasWritten: false,
    hasTablesLocked: false,
    send: (sql, limitMs) => sendAs(plain, sql, limitMs),
    as: ({ _queryOptions = {} }) =>
      Object.assign(Object.create(session) as ToolSession, {
        send: (sql: string, limitMs?: number) => sendAs(_queryOptions, sql, limitMs),
      }),
    rows: async (sql) => (await session.send(sql))[0] as RowDataPacket[],
    header: async (sql) => (await session.send(sql))[0] as ResultSetHeader,
    note(kind) {
      if (kind === 'write') session.hasWritten = true;
      // A record ends a migration; the others commit (MySQL 9.7 manual, "Statements That Cause an Implicit Commit").
      else if (kind === 'unlock-tables' ? session.hasTablesLocked : !keepsTransaction.includes(kind))
        session.hasWritten = false;
      if (kind === 'lock-tables') session.hasTablesLocked = true;
      // START TRANSACTION releases them, too ("LOCK TABLES and UNLOCK TABLES Statements").
      if (kind === 'unlock-tables' || kind === 'begin') session.hasTablesLocked = false;
    },
    reset() {
      session.hasWritten = session.hasTablesLocked = false;
    },
  };
  return session;
}

/** What a change depends on in the session of a tool. */
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
