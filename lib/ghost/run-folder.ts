import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one gh-ost process keeps on disk: for our eyes only, and gone with it. */
export interface RunFolder {
  path: string;
  /** At most 107 bytes, or the bind fails (unix(7)); a run folder is made where that holds. */
  socket: string;
  /** While this file exists gh-ost does not cut over. */
  postponeFlag: string;
  throttleFlag: string;
}

/** Makes the folder (0700: mkdtemp's mode), and removes it with everything in it, whatever happens. */
export async function withRunFolder<T>(use: (folder: RunFolder) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(shortTemp(), 'alterwise-'));
  try {
    return await use({
      path,
      socket: join(path, 'gh-ost.sock'),
      postponeFlag: join(path, 'postpone-cut-over'),
      throttleFlag: join(path, 'throttle'),
    });
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** TMPDIR can be longer than a socket's path may be. */
function shortTemp(): string {
  return Buffer.byteLength(tmpdir()) <= 70 ? tmpdir() : '/tmp';
}
