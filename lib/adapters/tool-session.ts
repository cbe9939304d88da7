import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { within } from '../mysql/within.js';
import type { StatementKind } from './statement-kind.js';
import type { Command, CreateQuery, ToolConfig, ToolConnection, ToolResult } from './tool-connection.js';

const answerLimitMs = 30_000;

/** The session of a tool's connection: what it holds, and a way to ask on it while the tool has to wait. */
export interface ToolSession {
  readonly config: ToolConfig;
  /** Since its transaction began, if there is one, or since the last migration that a tool has recorded in it. */
  readonly hasWritten: boolean;
  readonly hasTablesLocked: boolean;
  /** Whether it made temporary tables: an ALTER may be one of those. */
  readonly hasTemporaryTables: boolean;
  /** Sends a statement past the tool's own queue. @param limitMs after this the answer is given up */
  send(sql: string, limitMs?: number): Promise<ToolResult>;
  rows(sql: string): Promise<RowDataPacket[]>;
  header(sql: string): Promise<ResultSetHeader>;
  /** What a statement that passes means to the session. */
  note(kind: StatementKind): void;
  /** COM_CHANGE_USER and COM_RESET_CONNECTION: as when it was opened. */
  reset(): void;
}

/** @param add puts a command into the connection's own queue */
export function toolSession(connection: ToolConnection, add: (command: Command) => Command): ToolSession {
  const { createQuery } = connection.constructor as unknown as { createQuery: CreateQuery };
  let hasWritten = false;
  let hasTablesLocked = false;
  let hasTemporaryTables = false;
  const send = (sql: string, limitMs = answerLimitMs) => {
    const answer = new Promise<ToolResult>((resolve, reject) => {
      const options = { sql, rowsAsArray: false, nestTables: false, typeCast: true };
      const done = (error: Error | null, result?: ToolResult) =>
        error === null ? resolve(result ?? []) : reject(error);
      add(createQuery(options, undefined, done, connection.config));
    });
    if (limitMs === Number.POSITIVE_INFINITY) return answer;
    const gone = `the connection gave no answer within ${limitMs / 1000} s`;
    return within(limitMs, answer, () =>
      Object.assign(new Error(gone), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' }),
    );
  };
  return {
    config: connection.config,
    get hasWritten() {
      return hasWritten;
    },
    get hasTablesLocked() {
      return hasTablesLocked;
    },
    get hasTemporaryTables() {
      return hasTemporaryTables;
    },
    send,
    rows: async (sql) => (await send(sql)) as RowDataPacket[],
    header: async (sql) => (await send(sql)) as ResultSetHeader,
    note(kind) {
      if (kind === 'write') hasWritten = true;
      // A record ends a migration; each of the others commits what was open (MySQL 9.7 manual, "Statements That Cause
      // an Implicit Commit").
      else if (kind !== 'read' && kind !== 'temporary-table') hasWritten = false;
      if (kind === 'temporary-table') hasTemporaryTables = true;
      if (kind === 'lock-tables') hasTablesLocked = true;
      // START TRANSACTION releases them as well ("LOCK TABLES and UNLOCK TABLES Statements").
      if (kind === 'unlock-tables' || kind === 'begin') hasTablesLocked = false;
    },
    reset() {
      hasWritten = hasTablesLocked = hasTemporaryTables = false;
    },
  };
}
