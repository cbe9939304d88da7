import { appendFile, type FileHandle, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PromisedDefinition, StrategyName } from '../documents/plan.js';
import type { OutcomeName } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Before, Switch } from '../mysql/instruments.js';
import type { TableName } from '../sql/names.js';

/**
 * A line of a run's record: JSON, in the order in which things happened. It holds no secret, and values only where
 * a statement has them.
 */
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
      /** What is known of the runs before it, where it goes on after them: their records are not read any more. */
      carried?: Carried;
      /** Who runs it. */
      pid: number;
      machine: string;
      server: RecordedServer;
      /** The run that it takes back. */
      reverts?: string;
      database?: string;
      /** Path of the socket on which it takes orders; absent where it has none. */
      control?: string;
      planned: readonly PlannedRecord[];
    }
  | { type: 'start'; index: number; verb: string; tables: readonly TableName[] }
  /** gh-ost is about to be started; from now on its tables are this run's. */
  | ({ type: 'engine'; index: number; table: TableName; folder: string } & EngineRecord)
  /** gh-ost is about to be let swap: should alterwise die, this tells what the original is called afterwards. */
  | ({ type: 'swapping'; index: number; table: TableName; keepUntil: string } & AwaitedTable)
  /** gh-ost has swapped the tables. `keepUntil`: ISO 8601. */
  | ({ type: 'swapped'; index: number; table: TableName; keepUntil: string } & KeptTable)
  /** Something that it had left is gone: `alterwise clean` has dropped it. `name`: `schema.table` */
  | { type: 'dropped'; name: string }
  /** A switch of performance_schema is about to be switched on, or was put back. */
  | { type: 'switched'; which: Switch; before: Before }
  | { type: 'switched-back'; which: Switch }
  | {
      type: 'end';
      index: number;
      outcome: OutcomeName;
      exitCode: number;
      /** What the tables are afterwards: a hash of the definition, absent where there is none any more. */
      tables: readonly { table: TableName; definition?: string }[];
      left?: readonly string[];
    }
  | { type: 'finish'; exitCode: number }
  /** It died, and nothing of it is left. */
  | { type: 'closed' };

export interface RecordedServer {
  host: string;
  port: number;
  uuid?: string;
  /** What the server calls itself, `hostname:port`: tells servers apart that have no UUID (MariaDB). */
  name: string;
}

/** A statement as it was planned. */
export interface PlannedRecord {
  /** Its leading words. */
  verb: string;
  /** Of a change of a table alone, and absent where it may hold a secret. */
  sql?: string;
  table?: TableName;
  strategy: StrategyName;
  fingerprint: string;
  /** For the way back: what the table was and was to become, as SHOW CREATE TABLE says it. */
  promise?: PromisedDefinition;
}

/** The original of a table that was swapped. */
export interface KeptTable {
  oldTable: TableName;
  /** As the server gives it: tells it from another table of its name. */
  createdAt?: string;
  /** The GTID set up to which both tables hold the same; absent where gh-ost kept none. */
  coordinates?: string;
}

/** What the original will be after a swap. */
export interface AwaitedTable {
  oldTable: TableName;
  /** Of the original under its own name; MySQL 8 and later keep it through a RENAME. */
  createdAt?: string;
  /** The server's clock before the swap, in the same form. */
  clock?: string;
}

/** What gh-ost was started with: it goes on from its checkpoint with the very same alone. */
export interface EngineRecord {
  version: string;
  spec: string;
  /** A hash of the flags that decide what it copies. */
  flags: string;
}

/** What a run takes over from those before it. */
export interface Carried {
  /** Statements that are done, by which run, and when. */
  done: readonly { index: number; run: string; at: string }[];
  /** Statements that were begun, and of whose end nothing is known. */
  doubts: readonly number[];
  tables: readonly { table: TableName; definition?: string }[];
}

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
    await mkdir(runFolder(stateDir, begin.run), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a', 0o600);
    const record = recordIn(file);
    try {
      await record.append(begin);
      await pointTo(stateDir, begin.migration, begin.run);
    } catch (error) {
      await record.close();
      throw error;
    }
    return record;
  } catch (cause) {
    throw notRecorded(stateDir, cause);
  }
}

function recordIn(file: Pick<FileHandle, 'appendFile' | 'datasync' | 'close'>): RunRecord {
  let isTorn = false;
  return {
    append: async (line) => {
      // After a full disk half a line may stand there, to which the next one must not be added.
      const text = `${isTorn ? '\n' : ''}${JSON.stringify({ ...line, at: new Date().toISOString() })}\n`;
      isTorn = true;
      await file.appendFile(text);
      await file.datasync();
      isTorn = false;
    },
    close: () => file.close(),
  };
}

/** What cannot be recorded is not begun. */
export function notRecorded(stateDir: string, cause: unknown): Fault {
  return new Fault(`The run cannot be recorded in ${stateDir}: ${String(cause)}`, {
    id: 'state-dir',
    exitCode: exitCodes.environment,
    next: 'Make the folder writable, or name another with --state-dir.',
    cause,
  });
}

export function runFolder(stateDir: string, run: string): string {
  return join(stateDir, 'runs', run);
}

export function recordPath(stateDir: string, run: string): string {
  return join(runFolder(stateDir, run), 'record.ndjson');
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

/** The lines of a run's record; undefined where there is none. */
export async function readRecord(stateDir: string, run: string): Promise<TimedLine[] | undefined> {
  const text = await readIfThere(recordPath(stateDir, run));
  return text === undefined ? undefined : linesOf(text);
}

/** @throws {Fault} exit code 11 where it is there and cannot be read */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // A state folder that cannot be made is no place where a record could be.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Fault(`Whether this was run before cannot be read from ${path}: ${String(error)}`, {
      id: 'state-dir',
      exitCode: exitCodes.environment,
      next: 'Make it readable, or name another folder with --state-dir.',
      cause: error,
    });
  }
}

/**
 * A line that was cut off by a crash, or by a full disk, was not yet true when it was written: the statement that it
 * would have ended is in doubt, and the one that it would have begun was not begun.
 */
function linesOf(text: string): TimedLine[] {
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as TimedLine];
      } catch {
        return [];
      }
    });
}

/** Notes that a run which died is over: nothing of it is left. @throws {Fault} exit code 11 */
export async function closeRecord(stateDir: string, run: string): Promise<void> {
  await addToRecord(stateDir, run, { type: 'closed' });
}

/** Adds to the record of a run that died what was found out later. @throws {Fault} exit code 11 */
export async function addToRecord(stateDir: string, run: string, line: RecordLine): Promise<void> {
  const text = JSON.stringify({ ...line, at: new Date().toISOString() });
  try {
    // After a crash half a line may stand there.
    await appendFile(recordPath(stateDir, run), `\n${text}\n`, { flush: true });
  } catch (error) {
    throw notRecorded(stateDir, error);
  }
}

/** The last line of this kind that a record has about a statement; undefined where there is none. */
export function lineOf<T extends 'start' | 'swapping' | 'swapped' | 'end'>(
  lines: readonly TimedLine[],
  type: T,
  index: number,
): Extract<RecordLine, { type: T }> | undefined {
  const isMeant = (line: TimedLine): line is TimedLine & Extract<RecordLine, { type: T }> =>
    line.type === type && 'index' in line && line.index === index;
  return lines.findLast(isMeant);
}
