import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, Fault } from '../fault.js';
import type { TableName } from '../plan/plan.js';
import type { OutcomeName } from '../plan/result.js';

/** A line of a run's record: JSON, in the order in which things happened. It holds no statement's text and no value. */
export type RecordLine =
  | {
      version: 1;
      type: 'begin';
      run: string;
      plan: string;
      /** What is run, and where; see `migrationKey`. */
      migration: string;
      /** A hash of each statement's text. */
      statements: readonly string[];
      /** Ids of the dangers that were allowed to pass. */
      accepted: readonly string[];
    }
  | { type: 'start'; index: number; verb: string; tables: readonly TableName[] }
  | {
      type: 'end';
      index: number;
      outcome: OutcomeName;
      exitCode: number;
      /** What the tables are afterwards: a hash of the definition, absent where there is none any more. */
      tables: readonly { table: TableName; definition?: string }[];
    }
  | { type: 'finish'; exitCode: number };

export type TimedLine = RecordLine & { at: string };

/** The record of one run; each line is on the disk before the call returns. */
export interface RunRecord {
  append(line: RecordLine): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins the record of a run, in a folder of its own, and notes that it is the last one of its migration.
 * @throws {Fault} exit code 11 where it cannot be written: what cannot be recorded is not begun
 */
export async function beginRecord(
  stateDir: string,
  begin: Extract<RecordLine, { type: 'begin' }>,
): Promise<RunRecord> {
  try {
    const path = recordPath(stateDir, begin.run);
    await mkdir(join(stateDir, 'runs', begin.run), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a', 0o600);
    const append = async (line: RecordLine) => {
      await file.appendFile(`${JSON.stringify({ ...line, at: new Date().toISOString() })}\n`);
      await file.datasync();
    };
    await append(begin);
    await pointTo(stateDir, begin.migration, begin.run);
    return { append, close: () => file.close() };
  } catch (cause) {
    throw new Fault(`The run cannot be recorded in ${stateDir}: ${String(cause)}`, {
      id: 'state-dir',
      exitCode: exitCodes.environment,
      next: 'Make the folder writable, or name another with --state-dir.',
      cause,
    });
  }
}

export function recordPath(stateDir: string, run: string): string {
  return join(stateDir, 'runs', run, 'record.ndjson');
}

/** A file that holds the id of the last run of a migration. */
export function pointerPath(stateDir: string, migration: string): string {
  return join(stateDir, 'migrations', migration);
}

async function pointTo(stateDir: string, migration: string, run: string): Promise<void> {
  const path = pointerPath(stateDir, migration);
  await mkdir(join(stateDir, 'migrations'), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.${run}`, run, { mode: 0o600, flush: true });
  await rename(`${path}.${run}`, path);
}
