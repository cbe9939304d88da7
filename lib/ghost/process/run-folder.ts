import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { shortTemp } from '../../short-temp.js';

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
 * Makes the folder (0700: mkdtemp's mode), and removes it with everything in it, whatever happens.
 * @param kept the run's own folder, for the flags: without the one that postpones, gh-ost would swap at once, and
 * temporary folders are tidied up by others
 */
export async function withRunFolder<T>(use: (folder: RunFolder) => Promise<T>, kept?: string): Promise<T> {
  const path = await mkdtemp(join(shortTemp(), 'alterwise-'));
  const flags = [join(kept ?? path, 'postpone-cut-over'), join(kept ?? path, 'throttle')] as const;
  try {
    const [postponeFlag, throttleFlag] = flags;
    return await use({ path, socket: join(path, 'gh-ost.sock'), postponeFlag, throttleFlag });
  } finally {
    for (const each of [path, ...flags]) await rm(each, { recursive: true, force: true });
  }
}
