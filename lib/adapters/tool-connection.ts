import type { EventEmitter } from 'node:events';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { within } from '../util/within.js';
import type { StatementKind } from './statement-kind.js';

/** What a statement gives: a header, or rows; of several statements at once one each. */
export type ToolResult = ResultSetHeader | RowDataPacket[] | readonly (ResultSetHeader | RowDataPacket[])[];
export type ToolCallback = (error: Error | null, result?: ToolResult, fields?: unknown) => void;

/**
 * A command in the queue of a connection of mysql2 (3.x, `lib/commands/`): a Query has `sql`, a Prepare `query`, an
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

/** What of a connection of mysql2 (callback form) the adapter touches. */
export interface ToolConnection extends EventEmitter {
  /** Set when the connection is lost. */
  _fatalError?: Error | null;
  config: ToolConfig;
  /** Puts a command into the queue: every statement comes through here, however it was asked for. */
  addCommand(command: Command): Command;
  format(sql: string, values: unknown): string;
  query(sql: Asked, values?: unknown, callback?: unknown): Command;
  execute(sql: Asked, values?: unknown, callback?: unknown): Command;
  prepare(sql: Asked, callback?: (error: Error | null, statement?: object) => void): Command;
}

export type Asked = string | { sql: string };

/** Of a connection; of a pool its connections' own. */
export interface ToolConfig {
  host?: string;
  port?: number | string;
  socketPath?: string;
  user?: string;
  password?: string;
  database?: string;
  multipleStatements?: boolean;
  /** False, or what was given, with mysql2's own defaults. */
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

/** What a statement gives, and the descriptions of its columns, where it has rows. */
export type Answered = readonly [result: ToolResult, fields?: unknown];

const answerLimitMs = 30_000;

/** The session of a tool's connection: what it holds, and a way to ask on it while the tool has to wait. */
export interface ToolSession {
  readonly config: ToolConfig;
  /** Since its transaction began, if there is one, or since the last migration that a tool has recorded in it. */
  readonly hasWritten: boolean;
  readonly hasTablesLocked: boolean;
  /** Sends a statement past the tool's own queue. @param limitMs after this the answer is given up */
  send(sql: string, limitMs?: number): Promise<Answered>;
  /** The same session, with rows as a command wants them. */
  as(command: Command): ToolSession;
  rows(sql: string): Promise<RowDataPacket[]>;
  header(sql: string): Promise<ResultSetHeader>;
  /** What a statement that passes means to the session. */
  note(kind: StatementKind): void;
  /** COM_CHANGE_USER and COM_RESET_CONNECTION: as when it was opened. */
  reset(): void;
}

/** What leaves a transaction as it is. UNLOCK TABLES commits only where tables were locked. */
const passes: readonly StatementKind[] = ['read', 'write', 'temporary-table'];

/** @param add puts a command into the connection's own queue */
export function toolSession(connection: ToolConnection, add: (command: Command) => Command): ToolSession {
  const { createQuery } = connection.constructor as unknown as { createQuery: CreateQuery };
  let hasWritten = false;
  let hasTablesLocked = false;
  const sendAs = (wanted: object, sql: string, limitMs = answerLimitMs) => {
    const answer = new Promise<Answered>((resolve, reject) => {
      const done = (error: Error | null, result?: ToolResult, fields?: unknown) =>
        error === null ? resolve([result ?? [], fields]) : reject(error);
      add(createQuery({ ...wanted, sql, values: undefined }, undefined, done, connection.config));
    });
    if (limitMs === Number.POSITIVE_INFINITY) return answer;
    const gone = `the connection gave no answer within ${limitMs / 1000} s`;
    return within(limitMs, answer, () =>
      Object.assign(new Error(gone), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' }),
    );
  };
  const plain = { rowsAsArray: false, nestTables: false, typeCast: true };
  const send = (sql: string, limitMs?: number) => sendAs(plain, sql, limitMs);
  const session: ToolSession = {
    config: connection.config,
    get hasWritten() {
      return hasWritten;
    },
    get hasTablesLocked() {
      return hasTablesLocked;
    },
    send,
    as: ({ _queryOptions = {} }) =>
      Object.assign(Object.create(session) as ToolSession, {
        send: (sql: string, limitMs?: number) => sendAs(_queryOptions, sql, limitMs),
      }),
    rows: async (sql) => (await send(sql))[0] as RowDataPacket[],
    header: async (sql) => (await send(sql))[0] as ResultSetHeader,
    note(kind) {
      if (kind === 'write') hasWritten = true;
      // A record ends a migration; each of the others commits what was open (MySQL 9.7 manual, "Statements That Cause
      // an Implicit Commit").
      else if (kind === 'unlock-tables' ? hasTablesLocked : !passes.includes(kind)) hasWritten = false;
      if (kind === 'lock-tables') hasTablesLocked = true;
      // START TRANSACTION releases them as well ("LOCK TABLES and UNLOCK TABLES Statements").
      if (kind === 'unlock-tables' || kind === 'begin') hasTablesLocked = false;
    },
    reset() {
      hasWritten = hasTablesLocked = false;
    },
  };
  return session;
}
