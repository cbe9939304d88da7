import { exitCodes, Fault } from '../fault.js';
import type { Privileges } from '../inspect/privileges.js';
import type { ServerFacts } from '../inspect/server.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import type { ProbeOptions } from '../probe/probe.js';
import type { Request } from '../request.js';
import type { EarlierRun } from '../runs/earlier.js';
import type { SchemaAhead } from './ahead.js';

/** What the planning of one statement shares with that of the others. */
export interface PlanningContext {
  request: Request;
  session: Session;
  server: ServerFacts;
  privileges: Privileges;
  options: ProbeOptions;
  /** What the statements before it will have changed. */
  ahead: SchemaAhead;
  /** The last run of the same statements; absent where there was none, or what it did does not count. */
  earlier?: EarlierRun;
}

/**
 * The table that a statement names, with its schema.
 * @throws {Fault} exit code 2 where the schema is not said, or another than that of the connection
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

/** Ids of the dangers that may pass: of `--accept`, of the plan that was approved, of the run that is gone on with. */
export function acceptedIds({ settings, approved, resumes }: Request): readonly string[] {
  const passed =
    approved?.statements.flatMap(({ checks }) => checks.filter(({ accepted }) => accepted)) ?? [];
  return [...settings.checks.accept, ...passed.map(({ id }) => id), ...(resumes?.accepted ?? [])];
}
