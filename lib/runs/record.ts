import { appendFile, type FileHandle, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RecordLine, TimedLine } from '../documents/record.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';

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

/** What cannot be recorded is not started. */
export function notRecorded(stateDir: string, cause: unknown): Fault {
  return badStateDir(`Cannot record the run in ${stateDir}`, 'writable', cause);
}

/** @param needs what the folder must be made: `readable` */
export function badStateDir(what: string, needs: 'readable' | 'writable', cause: unknown): Fault {
  return new Fault(`${what}: ${String(cause)}`, {
    id: 'state-dir',
    exitCode: exitCodes.environment,
    next: `Make the folder ${needs}, or name another with --state-dir.`,
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

/** The lines of a run's record; undefined if there is none. */
export async function readRecord(stateDir: string, run: string): Promise<TimedLine[] | undefined> {
  const text = await readIfThere(recordPath(stateDir, run));
  return text === undefined ? undefined : linesOf(text);
}

/** @throws {Fault} exit code 11 if it exists and cannot be read */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // There is no record where the state folder cannot even be created.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw badStateDir(`Cannot read the records of earlier runs from ${path}`, 'readable', error);
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
        const content: unknown = JSON.parse(line);
        // As it was written: a newer version may have added fields.
        return TimedLine.safeParse(content).success ? [content as TimedLine] : [];
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

/** The last line of this kind that a record has about a statement; undefined if there is none. */
export function lineOf<T extends 'start' | 'swapping' | 'swapped' | 'end'>(
  lines: readonly TimedLine[],
  type: T,
  index: number,
): Extract<RecordLine, { type: T }> | undefined {
  const isMeant = (line: TimedLine): line is TimedLine & Extract<RecordLine, { type: T }> =>
    line.type === type && 'index' in line && line.index === index;
  return lines.findLast(isMeant);
}
