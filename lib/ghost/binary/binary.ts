import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { exitCodes, Fault } from '../../fault.js';
import { cachedGhost } from './install.js';
import { readVersion } from './version-of.js';

export interface FoundGhost {
  path: string;
  version: string;
}

/**
 * The gh-ost to use: the one that was named (`--gh-ost`, `GH_OST`), else the first on PATH, else the one in
 * alterwise's cache. One that is found and does not work is a fault: it was meant.
 * @throws {Fault} exit code 11
 */
export async function findGhost(
  explicit?: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundGhost> {
  const path = explicit === undefined ? await onPath('gh-ost', env) : await named(explicit, env);
  if (path !== undefined) return { path, version: await readVersion(path) };
  const cached = await cachedGhost();
  if (cached) return { path: cached.path, version: cached.version };
  throw new Fault('gh-ost was not found: not on PATH, and not in the cache of alterwise.', {
    id: 'ghost-missing',
    exitCode: exitCodes.environment,
    next: 'alterwise gh-ost install',
  });
}

async function named(explicit: string, env: NodeJS.ProcessEnv): Promise<string> {
  const path = explicit.includes('/') ? resolve(explicit) : await onPath(explicit, env);
  if (path !== undefined && (await isProgram(path))) return path;
  throw new Fault(`There is no program ${explicit}.`, {
    id: 'ghost-missing',
    exitCode: exitCodes.environment,
    next: 'Correct --gh-ost or GH_OST, or use: alterwise gh-ost install',
  });
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    // An empty entry means the working directory; what lies there by chance is not meant.
    const path = join(folder, name);
    if (folder !== '' && (await isProgram(path))) return path;
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false; // not there, or not ours to run
    throw error;
  }
}
