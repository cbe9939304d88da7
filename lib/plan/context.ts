import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Privileges } from '../inspect/privileges.js';
import type { ServerFacts } from '../inspect/server.js';
import type { Session } from '../mysql/session.js';
import type { ProbeOptions } from '../probe/probe.js';
import type { TableName } from '../sql/names.js';
import type { SchemaAhead } from './ahead.js';
import type { EarlierRun } from './earlier.js';
import type { Request } from './request.js';

/** What the planning of one statement shares with that of the others. */
export interface PlanningContext {
  request: Request;
  session: Session;
  server: ServerFacts;
  privileges: Privileges;
  options: ProbeOptions;
  /** Of the statement in its file, from 1. */
  number: number;
  /** What the statements before it will have changed. */
  ahead: SchemaAhead;
  /** The last run of the same statements; absent if there was none, or what it did does not count. */
  earlier?: EarlierRun;
}

/**
 * The table that a statement names, with its schema.
 * @throws {Fault} exit code 2 if no schema is named, or another than that of the connection
 */
export function tableNamed(
  { schema: said, table }: { schema?: string; table: string },
  { settings }: Request,
): TableName {
  const { database } = settings.connection;
  const schema = said ?? database;
  if (schema === undefined) {
    throw new Fault(`In which schema is ${table}? The statement does not say, and there is no --database.`, {
      id: 'no-schema',
      exitCode: exitCodes.usage,
      next: 'Write schema.table, or give --database.',
    });
  }
  if (database !== undefined && schema !== database) {
    throw new Fault(`The statement is about ${schema}.${table}, and --database is ${database}.`, {
      id: 'other-schema',
      exitCode: exitCodes.usage,
      next: 'Leave --database out, or correct one of the two.',
    });
  }
  return { schema, name: table };
}
