import { Fault } from '../fault.js';
import { isConnectionGone, isServerError } from '../mysql/errors.js';
import { withSession } from '../mysql/session.js';
import type { Plan, PlannedStatement, TableName } from '../plan/plan.js';
import type { RunResult, StatementResult } from '../plan/result.js';
import type { Request } from '../request.js';
import { readDefinitions } from './definitions.js';
import { migrationKey, statementHash } from './earlier.js';
import { beginRecord, type RunRecord } from './record.js';

/** Keeps the record of a run while it goes on. */
export interface Keeper {
  /** Notes that a statement begins and how it ended, each before anything else happens. */
  during(
    statement: PlannedStatement,
    index: number,
    work: () => Promise<StatementResult>,
  ): Promise<StatementResult>;
  finish(result: RunResult): Promise<RunResult>;
  close(): Promise<void>;
}

/**
 * Begins the record of a run.
 * @throws {Fault} exit code 11 where it cannot be written. A single change goes on without one: what became of it
 * stands in the table.
 */
export async function keepRecord(made: Plan, request: Request): Promise<Keeper> {
  const { settings, statements, run, emit } = request;
  try {
    const record = await beginRecord(settings.stateDir, {
      version: 1,
      type: 'begin',
      run,
      plan: made.id,
      migration: migrationKey(made.server, settings.connection.database, statements),
      statements: statements.map(statementHash),
      accepted: made.statements.flatMap(({ checks }) =>
        checks.filter(({ accepted }) => accepted).map(({ id }) => id),
      ),
    });
    return keeperOf(record, request);
  } catch (error) {
    const isSingle = statements.length === 1 && statements[0]?.kind === 'alter';
    if (!(error instanceof Fault) || !isSingle) throw error;
    emit({ type: 'warning', id: error.id, text: `${error.message} ${error.next ?? ''}`.trim() });
    return {
      during: (_statement, _index, work) => work(),
      finish: async (result) => result,
      close: async () => {},
    };
  }
}

function keeperOf(record: RunRecord, request: Request): Keeper {
  return {
    during: async (statement, index, work) => {
      const tables = tablesOf(statement);
      await record.append({ type: 'start', index, verb: verbOf(statement), tables });
      const result = await work();
      const { outcome, exitCode } = result;
      const after = await definitionsNow(tables, request);
      await noted(record.append({ type: 'end', index, outcome, exitCode, tables: after }), request);
      return result;
    },
    finish: async (result) => {
      await noted(record.append({ type: 'finish', exitCode: result.exitCode }), request);
      return result;
    },
    close: () => record.close(),
  };
}

/** What has been done cannot be undone because the disk is full: a next run will ask about this statement. */
async function noted(writing: Promise<void>, { emit, settings }: Request): Promise<void> {
  try {
    await writing;
  } catch (error) {
    const text = `The run's record in ${settings.stateDir} could not be written: ${String(error)}`;
    emit({ type: 'warning', id: 'state-dir', text });
  }
}

function tablesOf(statement: PlannedStatement): readonly TableName[] {
  return statement.kind === 'alter' ? [statement.table] : statement.touches;
}

function verbOf(statement: PlannedStatement): string {
  return statement.kind === 'alter' ? 'ALTER TABLE' : statement.verb;
}

/** A server that cannot be asked leaves the tables out: then nothing is compared by the next run. */
async function definitionsNow(tables: readonly TableName[], { settings }: Request) {
  if (tables.length === 0) return [];
  try {
    return await withSession(settings.connection, {}, (session) => readDefinitions(session, tables));
  } catch (error) {
    if (error instanceof Fault || isServerError(error) || isConnectionGone(error)) return [];
    throw error;
  }
}
