import { appendFile, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BeginLine, type RecordLine, TimedLine } from '../documents/record.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { errorCode } from '../util/error-code.js';

/** The record of one run; each line is on the disk before the call returns. */
export interface RunRecord {
  /** @throws {Fault} exit code 11 if it could not be written */
  append(line: RecordLine): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins the record of a run, in a folder of its own, and notes that it is the last one of its migration.
 * @throws {Fault} exit code 11 if it cannot be written: what cannot be recorded is not begun
 */
export async function beginRecord(stateDir: string, begin: BeginLine): Promise<RunRecord> {
  return await writing(stateDir, async () => {
    await mkdir(runFolder(stateDir, begin.run), { recursive: true, mode: 0o700 });
    const file = await open(recordPath(stateDir, begin.run), 'a', 0o600);
    let isTorn = false;
    const record: RunRecord = {
      append: (line) =>
        writing(stateDir, async () => {
          // After a full disk half a line may stand there, to which the next one must not be added.
          const text = `${isTorn ? '\n' : ''}${textOf(line)}`;
          isTorn = true;
          await file.appendFile(text);
          await file.datasync();
          isTorn = false;
        }),
      close: () => file.close(),
    };
    try {
      await record.append(begin);
      await pointTo(stateDir, begin);
      return record;
    } catch (error) {
      await record.close();
      throw error;
    }
  });
}

/** Adds to the record of a run that died what was found out later. @throws {Fault} exit code 11 */
export async function addToRecord(stateDir: string, run: string, line: RecordLine): Promise<void> {
  // After a crash half a line may stand there.
  const text = `\n${textOf(line)}`;
  await writing(stateDir, () => appendFile(recordPath(stateDir, run), text, { flush: true }));
}

function textOf(line: RecordLine): string {
  return `${JSON.stringify({ ...line, at: new Date().toISOString() })}\n`;
}

async function writing<T>(stateDir: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw badStateDir(`Cannot record the run in ${stateDir}`, 'writable', error);
  }
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

async function pointTo(stateDir: string, { migration, run }: BeginLine): Promise<void> {
  const path = pointerPath(stateDir, migration);
  await mkdir(join(stateDir, 'migrations'), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.${run}`, run, { mode: 0o600, flush: true });
  await rename(`${path}.${run}`, path);
}

/** The lines of a run's record; undefined if there is none. @throws {Fault} exit code 11 if it cannot be read */
export async function readRecord(stateDir: string, run: string): Promise<TimedLine[] | undefined> {
  const text = await readIfThere(recordPath(stateDir, run));
  // A line that was cut off by a crash, or by a full disk, was not yet true when it was written: the statement that it
  // would have ended is in doubt, and the one that it would have begun was not begun.
  return text?.split('\n').slice(0, -1).flatMap(lineIn);
}

function lineIn(text: string): TimedLine[] {
  try {
    const content: unknown = JSON.parse(text);
    // As it was written: a newer version may have added fields.
    return TimedLine.safeParse(content).success ? [content as TimedLine] : [];
  } catch {
    return [];
  }
}

/** @throws {Fault} exit code 11 if it exists and cannot be read */
export async function readIfThere(path: string): Promise<string | undefined> {
  return await ifThere(readFile(path, 'utf8'), `Cannot read the records of earlier runs from ${path}`);
}

/** What is read, or undefined if it does not exist: nor does a record if the state folder cannot even be created. */
export async function ifThere<T>(reading: Promise<T>, otherwise: string): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw badStateDir(otherwise, 'readable', error);
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
