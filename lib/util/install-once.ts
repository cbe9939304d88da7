import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';

const beatMs = 2_000;
/** A builder touches its lock every two seconds; one that has been still for this long is dead. */
const staleMs = 30_000;
const waitLimitMs = 15 * 60_000;

export interface InstallOptions {
  onProgress?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Where what alterwise builds and downloads is kept: `ALTERWISE_CACHE`, else the XDG cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.ALTERWISE_CACHE) return env.ALTERWISE_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'alterwise');
}

/**
 * Sees to it that the folder `name` of the cache is there and whole, and returns its path. `build` fills an
 * empty folder, which is moved to its place when it is done; so a folder that is there is complete, even after
 * a power cut or a SIGKILL. Of several processes one builds and the others wait.
 *
 * The lock is a folder that holds the one under construction: whoever takes over from a dead builder removes
 * both in one go. Should two take over at once, both build and the first one's result stands.
 */
export async function installOnce(
  name: string,
  build: (folder: string) => Promise<void>,
  options: InstallOptions = {},
): Promise<string> {
  const target = join(cacheFolder(), name);
  const lock = `${target}.lock`;
  await mkdir(dirname(target), { recursive: true });
  while (!existsSync(target)) {
    const isOurs = await mkdir(lock).then(() => true, unless('EEXIST'));
    await (isOurs ? buildUnder(lock, target, build) : waitFor(target, lock, options));
  }
  return target;
}

async function buildUnder(
  lock: string,
  target: string,
  build: (folder: string) => Promise<void>,
): Promise<void> {
  // If the lock was taken from us, the build fails by itself.
  const touch = () => utimes(lock, new Date(), new Date()).catch(unless('ENOENT'));
  const beat = setInterval(() => void touch(), beatMs).unref();
  try {
    if (existsSync(target)) return;
    const folder = join(lock, 'build');
    await mkdir(folder, { recursive: true });
    await build(folder);
    await rename(folder, target).catch(unless('ENOTEMPTY', 'EEXIST'));
  } finally {
    clearInterval(beat);
    await rm(lock, { recursive: true, force: true });
  }
}

async function waitFor(target: string, lock: string, { onProgress, signal }: InstallOptions): Promise<void> {
  onProgress?.('waiting for another process that installs the same');
  const deadline = Date.now() + waitLimitMs;
  while (!existsSync(target) && existsSync(lock)) {
    const found = await stat(lock).catch(unless('ENOENT'));
    if (found && Date.now() - found.mtimeMs > staleMs) return clearAway(lock);
    if (Date.now() > deadline) throw stuck(lock);
    await sleep(250, undefined, { ...(signal && { signal }) });
  }
}

/** Renamed first: of two that find the same dead lock only one gets it. */
async function clearAway(lock: string): Promise<void> {
  const aside = `${lock}.dead-${process.pid}-${Date.now()}`;
  await rename(lock, aside).catch(unless('ENOENT'));
  await rm(aside, { recursive: true, force: true });
}

function unless(...codes: string[]): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
}

function stuck(lock: string): Fault {
  return new Fault(`Another process has been installing for over ${waitLimitMs / 60_000} minutes.`, {
    id: 'install-stuck',
    exitCode: exitCodes.environment,
    next: `End it, or remove ${lock} if there is none.`,
  });
}
