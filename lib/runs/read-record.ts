import { readFile } from 'node:fs/promises';
import { exitCodes, Fault } from '../fault.js';
import { recordPath, type TimedLine } from './record.js';

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
