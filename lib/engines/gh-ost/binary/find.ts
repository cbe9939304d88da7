import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { exitCodes } from '../../../exit-code.js';
import { Fault } from '../../../fault.js';
import { runProgram } from '../../../util/child-process.js';
import { cachedGhost } from './install.js';

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
  throw missing(
    'gh-ost was not found: not on PATH, and not in the cache of alterwise.',
    'alterwise gh-ost install',
  );
}

async function named(explicit: string, env: NodeJS.ProcessEnv): Promise<string> {
  const path = explicit.includes('/') ? resolve(explicit) : await onPath(explicit, env);
  if (path !== undefined && (await isProgram(path))) return path;
  throw missing(
    `There is no program ${explicit}.`,
    'Correct --gh-ost or GH_OST, or use: alterwise gh-ost install',
  );
}

function missing(message: string, next: string): Fault {
  return new Fault(message, { id: 'ghost-missing', exitCode: exitCodes.environment, next });
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

const timeoutMs = 5_000;

/**
 * The version that a gh-ost tells, as `1.1.10`; `unversioned` is one that somebody built without a name.
 * @throws {Fault} where the file is no gh-ost, cannot be run, or does not answer
 */
export async function readVersion(path: string): Promise<string> {
  const { code, stdout, timedOut } = await runProgram(path, ['--version'], { timeoutMs });
  if (timedOut) throw unusable(path, `does not answer to --version within ${timeoutMs / 1000} s`);
  if (code === undefined) throw unusable(path, 'cannot be run');
  const version = answer.exec(stdout)?.groups?.version;
  if (code !== 0 || version === undefined) throw unusable(path, 'is not gh-ost');
  // Other programs tell their version in the same way; none of them has this flag.
  const check = await runProgram(path, ['--check-flag', '--alter=x', '--chunk-size=1'], { timeoutMs });
  if (check.code !== 0) throw unusable(path, 'is not gh-ost');
  return version;
}

/** `1.1.10 (git commit: unknown)`; up to 1.1.6 the number alone. */
const answer = /^v?(?<version>\d+\.\d+\.\d+\S*|\S+(?= \(git commit: ))(?: \(git commit: [^()]*\))?\s*$/;

function unusable(path: string, why: string): Fault {
  return new Fault(`${path} ${why}.`, {
    id: 'ghost-unusable',
    exitCode: exitCodes.environment,
    next: 'Name another one with --gh-ost PATH or GH_OST, or use: alterwise gh-ost install',
  });
}

/** What a gh-ost can do, by its own word. */
export interface Capabilities {
  version: string;
  /** Those of `optionalFlags` that it knows. */
  flags: ReadonlySet<OptionalFlag>;
}

/** Flags that not every version has which alterwise may meet, with a value that they would take. */
const optionalFlags = {
  'binlogsyncer-max-reconnect-attempts': '1',
  checkpoint: 'true',
  gtid: 'true',
  'panic-on-warnings': 'true',
  'skip-port-validation': 'true',
} as const;

export type OptionalFlag = keyof typeof optionalFlags;

/** Asks the binary itself. @throws {Fault} where it is no gh-ost, or does not answer */
export async function readCapabilities(path: string): Promise<Capabilities> {
  const version = await readVersion(path);
  const names = Object.keys(optionalFlags) as OptionalFlag[];
  const answers = await Promise.all(names.map((name) => knows(path, name)));
  return { version, flags: new Set(names.filter((_, index) => answers[index])) };
}

/** `--check-flag` does nothing but reading its arguments: 0 where it knows them all, else 2. */
async function knows(path: string, name: OptionalFlag): Promise<boolean> {
  const args = ['--check-flag', `--${name}=${optionalFlags[name]}`];
  return (await runProgram(path, args, { timeoutMs: 5_000 })).code === 0;
}
