import { hostname } from 'node:os';
import type { Plan, PlannedStatement } from '../documents/plan.js';
import type { Carried, PlannedRecord, RecordedServer, RecordLine } from '../documents/record.js';
import type { RunResult, StatementResult } from '../documents/result.js';
import { Fault } from '../fault.js';
import { cannotAsk } from '../mysql/errors.js';
import { withSession } from '../mysql/session.js';
import { migrationKey, readEarlierRun, statementHash } from '../plan/earlier.js';
import type { Request } from '../plan/request.js';
import { recordedId } from '../plan/resuming.js';
import { beginRecord, closeRecord, notRecorded, type RunRecord, runFolder } from '../runs/record.js';
import type { Journal } from '../runs/steering.js';
import type { TableName } from '../sql/names.js';
import { readDefinitionHashes } from '../table/forms.js';

/** Keeps the record of a run while it works. */
export interface Keeper {
  /** Notes that a statement begins and how it ended, each before anything else happens. */
  during(
    statement: PlannedStatement,
    index: number,
    work: () => Promise<StatementResult>,
  ): Promise<StatementResult>;
  /** Absent where no record is kept. */
  journal?: Journal;
  finish(result: RunResult): Promise<RunResult>;
  close(): Promise<void>;
}

/**
 * Begins the record of a run.
 * @throws {Fault} exit code 11 where it cannot be written. A single change continues without one: what became of it
 * stands in the table.
 * @param control path of the socket on which the run takes orders
 */
export async function keepRecord(made: Plan, request: Request, control?: string): Promise<Keeper> {
  const { settings, statements, run, emit } = request;
  const migration = migrationKey(made.server, settings.connection.database, statements);
  try {
    const carried = await carriedOver(made, migration, request);
    const record = await beginRecord(settings.stateDir, {
      version: 1,
      type: 'begin',
      run,
      plan: made.id,
      migration,
      statements: statements.map(statementHash),
      accepted: made.statements.flatMap(({ checks }) =>
        checks.filter(({ accepted }) => accepted).map(({ id }) => id),
      ),
      ...(carried && { carried }),
      pid: process.pid,
      machine: hostname(),
      server: serverOf(made, settings),
      ...(request.reverts?.[0] && { reverts: request.reverts[0].run }),
      ...(settings.connection.database !== undefined && { database: settings.connection.database }),
      ...(control !== undefined && { control }),
      planned: made.statements.map(plannedRecord),
    });
    return keeperOf(record, request);
  } catch (error) {
    const isSingle = statements.length === 1 && statements[0]?.kind === 'alter';
    if (!(error instanceof Fault)) throw error;
    // Half a record would be taken for that of a run that died; where no more can be written, so be it.
    const over = () => closeRecord(settings.stateDir, run).catch(() => {});
    if (!isSingle) {
      await over();
      throw error;
    }
    emit({ type: 'warning', id: error.id, text: `${error.message} ${error.next ?? ''}`.trim() });
    return {
      during: (_statement, _index, work) => work(),
      finish: async (result) => {
        await over();
        return result;
      },
      close: async () => {},
    };
  }
}

/**
 * From now on this run is the last one of its migration: should it end before it has come to what was done, the next
 * one must know of it all the same.
 */
async function carriedOver(
  { statements: planned }: Plan,
  migration: string,
  { settings, statements }: Request,
): Promise<Carried | undefined> {
  const earlier = await readEarlierRun(settings.stateDir, migration, statements);
  if (earlier === undefined) return undefined;
  // What planning has not taken as done is done again.
  const done = [...earlier.done].filter(([index]) => planned[index]?.reasons[0]?.id === recordedId);
  if (done.length === 0 && earlier.doubts.size === 0) return undefined;
  return {
    done: done.map(([index, by]) => ({ index, ...by })),
    doubts: [...earlier.doubts],
    tables: earlier.tables,
  };
}

function keeperOf(record: RunRecord, request: Request): Keeper {
  let current = 0;
  const append = async (line: RecordLine) => {
    try {
      await record.append(line);
    } catch (error) {
      throw notRecorded(request.settings.stateDir, error);
    }
  };
  return {
    journal: {
      run: request.run,
      folder: runFolder(request.settings.stateDir, request.run),
      engine: (table, engine, folder) => append({ type: 'engine', index: current, table, folder, ...engine }),
      switched: (which, before) => append({ type: 'switched', which, before }),
      switchedBack: (which) => noted(record.append({ type: 'switched-back', which }), request),
      swapping: (table, awaited) => {
        const line = { type: 'swapping', index: current, table, keepUntil: keepUntil(request) } as const;
        return noted(record.append({ ...line, ...awaited }), request);
      },
      swapped: (table, kept) => {
        const line = { type: 'swapped', index: current, table, keepUntil: keepUntil(request) } as const;
        return noted(record.append({ ...line, ...kept }), request);
      },
    },
    during: async (statement, index, work) => {
      current = index;
      const tables = tablesOf(statement);
      const end = async ({ outcome, exitCode, left = [] }: Ending) => {
        const after = await definitionsNow(tables, request);
        const ending = { outcome, exitCode, tables: after, ...(left.length > 0 && { left }) };
        await noted(record.append({ type: 'end', index, ...ending }), request);
      };
      await append({ type: 'start', index, verb: verbOf(statement), tables });
      try {
        const result = await work();
        await end(result);
        return result;
      } catch (error) {
        // A Fault says that nothing was done; of anything else it is unknown.
        if (error instanceof Fault) await end({ outcome: 'refused', exitCode: error.exitCode });
        throw error;
      }
    },
    finish: async (result) => {
      await noted(record.append({ type: 'finish', exitCode: result.exitCode }), request);
      return result;
    },
    close: () => record.close(),
  };
}

function keepUntil({ settings }: Request): string {
  return new Date(Date.now() + settings.keepOldTableMs).toISOString();
}

type Ending = Pick<StatementResult, 'outcome' | 'exitCode' | 'left'>;

/** What has been done cannot be undone because the disk is full: a next run will ask about this statement. */
async function noted(writing: Promise<void>, { emit, settings }: Request): Promise<void> {
  try {
    await writing;
  } catch (error) {
    const text = `The run's record in ${settings.stateDir} could not be written: ${String(error)}`;
    emit({ type: 'warning', id: 'state-dir', text });
  }
}

function serverOf(
  { server: { uuid, host: name } }: Plan,
  { connection: { host, port } }: Request['settings'],
): RecordedServer {
  return { host, port, name, ...(uuid !== undefined && { uuid }) };
}

/** Words beside which a secret may stand, as in `CONNECTION='mysql://user:password@…'`. */
const secretive = /\b(?:identified|password)\b|\bconnection\s*=/i;

function plannedRecord(statement: PlannedStatement): PlannedRecord {
  const { sql, table, strategy } = statement;
  // What else a migration has may hold values: of rows, or a password in a SET.
  const isShown = statement.kind === 'alter' && !secretive.test(sql);
  return {
    verb: verbOf(statement),
    ...(isShown && { sql }),
    ...(table && { table }),
    strategy,
    fingerprint: statement.fingerprint,
    ...(statement.kind === 'alter' &&
      !secretive.test(statement.promise.before) && { promise: statement.promise }),
  };
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
    return await withSession(settings.connection, {}, (session) => readDefinitionHashes(session, tables));
  } catch (error) {
    if (cannotAsk(error)) return [];
    throw error;
  }
}
