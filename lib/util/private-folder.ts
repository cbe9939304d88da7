import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';

/** What one gh-ost process keeps on disk: for our eyes only, and gone with it. */
export interface RunFolder {
  path: string;
  /** At most 107 bytes, or the bind fails (unix(7)); a run folder is made where that holds. */
  socket: string;
  /** While this file exists gh-ost does not cut over. */
  postponeFlag: string;
  throttleFlag: string;
}

/**
 * @throws {Fault} exit code 11 where it cannot be made
 *
 * Makes the folder (0700: mkdtemp's mode), and removes it with everything in it, whatever happens.
 * @param kept the run's own folder, for the flags: without the one that postpones, gh-ost would swap at once, and
 * temporary folders are tidied up by others
 */
export async function withRunFolder<T>(use: (folder: RunFolder) => Promise<T>, kept?: string): Promise<T> {
  const path = await mkdtemp(join(shortTemp(), 'alterwise-')).catch((cause: unknown) => {
    throw new Fault(`There is no place for the files of gh-ost: ${String(cause)}`, {
      id: 'temp-folder',
      exitCode: exitCodes.environment,
      next: 'Make room in the folder for temporary files, or name another: TMPDIR=…',
      cause,
    });
  });
  const flags = [join(kept ?? path, 'postpone-cut-over'), join(kept ?? path, 'throttle')] as const;
  try {
    const [postponeFlag, throttleFlag] = flags;
    return await use({ path, socket: join(path, 'gh-ost.sock'), postponeFlag, throttleFlag });
  } finally {
    for (const each of [path, ...flags]) await rm(each, { recursive: true, force: true });
  }
}

/** For sockets: their paths have at most 107 bytes (unix(7)), and TMPDIR can be longer than leaves room for a name. */
export function shortTemp(): string {
  return Buffer.byteLength(tmpdir()) <= 70 ? tmpdir() : '/tmp';
}
