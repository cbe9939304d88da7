import type { EventEmitter } from 'node:events';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';

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
export type CreateQuery = (
  sql: object,
  values: undefined,
  callback: ToolCallback,
  config: ToolConfig,
) => Command;

/** What a statement gives, and the descriptions of its columns, where it has rows. */
export type Answered = readonly [result: ToolResult, fields?: unknown];
