import { hostname } from 'node:os';
import type { Plan, PlannedStatement } from '../documents/plan.js';
import type { Carried, PlannedRecord, RecordLine } from '../documents/record.js';
import type { StatementResult } from '../documents/result.js';
import type { ExitCode } from '../exit-code.js';
import { Fault } from '../fault.js';
import { cannotAsk } from '../mysql/errors.js';
import { withSession } from '../mysql/session.js';
import { migrationKey, readEarlierRun, statementHash } from '../plan/earlier.js';
import type { Request } from '../plan/request.js';
import { recordedId } from '../plan/resuming.js';
import { addToRecord, beginRecord, type RunRecord, runFolder } from '../runs/record.js';
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
  journal: Journal;
  finish(exitCode: ExitCode): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins the record of a run.
 * @param control path of the socket on which the run takes orders
 * @returns undefined: a single change continues without one; what became of it stands in the table
 * @throws {Fault} exit code 11 if it cannot be written
 */
export async function keepRecord(
  made: Plan,
  request: Request,
  control: string | undefined,
): Promise<Keeper | undefined> {
  const { settings, statements, run, emit } = request;
  const { host, port, database } = settings.connection;
  const { uuid, host: name } = made.server;
  const migration = migrationKey(made.server, database, statements);
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
      server: { host, port, name, ...(uuid !== undefined && { uuid }) },
      ...(request.reverts?.[0] && { reverts: request.reverts[0].run }),
      ...(database !== undefined && { database }),
      ...(control !== undefined && { control }),
      planned: made.statements.map(plannedRecord),
    });
    return keeperOf(record, request);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Half a record would be taken for that of a run that died; if no more can be written, so be it.
    await addToRecord(settings.stateDir, run, { type: 'closed' }).catch(() => {});
    if (statements.length !== 1 || statements[0]?.kind !== 'alter') throw error;
    emit({ type: 'warning', id: error.id, text: `${error.message} ${error.next ?? ''}`.trim() });
    return undefined;
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

/** What has been done cannot be undone because the disk is full: then a warning says so, and a next run will ask. */
function keeperOf(record: RunRecord, { settings, run, emit }: Request): Keeper {
  const { stateDir, keepOldTableMs } = settings;
  let index = 0;
  const note = (line: RecordLine) =>
    record.append(line).catch(({ id, message }: Fault) => emit({ type: 'warning', id, text: message }));
  const keepUntil = () => new Date(Date.now() + keepOldTableMs).toISOString();
  return {
    journal: {
      run,
      folder: runFolder(stateDir, run),
      engine: (table, engine, folder) => record.append({ type: 'engine', index, table, folder, ...engine }),
      switched: (which, before) => record.append({ type: 'switched', which, before }),
      switchedBack: (which) => note({ type: 'switched-back', which }),
      swapping: (table, awaited) =>
        note({ type: 'swapping', index, table, keepUntil: keepUntil(), ...awaited }),
      swapped: (table, kept) => note({ type: 'swapped', index, table, keepUntil: keepUntil(), ...kept }),
    },
    during: async (statement, at, work) => {
      index = at;
      const tables = statement.kind === 'alter' ? [statement.table] : statement.touches;
      const end = async ({ outcome, exitCode, left = [] }: Ended) => {
        const after = await definitionsNow(tables, settings);
        const leaves = left.length > 0 && { left };
        await note({ type: 'end', index: at, outcome, exitCode, tables: after, ...leaves });
      };
      await record.append({ type: 'start', index, verb: verbOf(statement), tables });
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
    finish: (exitCode) => note({ type: 'finish', exitCode }),
    close: () => record.close(),
  };
}

type Ended = Pick<StatementResult, 'outcome' | 'exitCode' | 'left'>;

/** Words beside which a secret may stand, as in `CONNECTION='mysql://user:password@…'`. */
const secretive = /\b(?:identified|password)\b|\bconnection\s*=/i;

function plannedRecord(statement: PlannedStatement): PlannedRecord {
  const { sql, table, strategy, fingerprint } = statement;
  // What else a migration has may hold values: of rows, or a password in a SET.
  const isShown = statement.kind === 'alter' && !secretive.test(sql);
  const promise = statement.kind === 'alter' ? statement.promise : undefined;
  return {
    verb: verbOf(statement),
    ...(isShown && { sql }),
    ...(table && { table }),
    strategy,
    fingerprint,
    ...(promise && !secretive.test(promise.before) && { promise }),
  };
}

function verbOf(statement: PlannedStatement): string {
  return statement.kind === 'alter' ? 'ALTER TABLE' : statement.verb;
}

/** A server that cannot be asked leaves the tables out: then nothing is compared by the next run. */
async function definitionsNow(tables: readonly TableName[], { connection }: Request['settings']) {
  if (tables.length === 0) return [];
  try {
    return await withSession(connection, {}, (session) => readDefinitionHashes(session, tables));
  } catch (error) {
    if (cannotAsk(error)) return [];
    throw error;
  }
}
