import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeCredentials } from '../../lib/engines/gh-ost/process/credentials.js';
import { Secret } from '../../lib/settings/secret.js';
import type { SandboxServer } from '../sandbox/index.js';

export interface RecordedGhost {
  /** A program that writes down the flags of its last real run, and then is gh-ost. */
  path: string;
  flags(): Promise<string[]>;
}

/** Only what alterwise really passes is "the very same flags". */
export async function recorder(ghostPath: string, folder: string): Promise<RecordedGhost> {
  const path = join(folder, 'gh-ost');
  const record = join(folder, 'flags');
  const script = `#!/bin/sh
case " $* " in *' --execute=true '*) printf '%s\\0' "$@" >'${record}' ;; esac
exec '${ghostPath}' "$@"
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return { path, flags: async () => (await readFile(record, 'utf8')).split('\0').slice(0, -1) };
}

/**
 * One change by gh-ost alone. The flags are alterwise's, but for the places of its files, the change itself, and
 * the postponement of the cut-over, which nobody would release.
 * @returns milliseconds from start to end
 */
export async function bareRun(
  { user, password }: SandboxServer,
  flags: readonly string[],
  run: { path: string; change: string; folder: string; signal: AbortSignal },
): Promise<number> {
  const folder = await mkdtemp(join(run.folder, 'run-'));
  const { confPath, env } = await writeCredentials(folder, { user, password: new Secret(password) });
  const own: Readonly<Record<string, string | undefined>> = {
    '--conf': confPath,
    '--alter': run.change.replace(/^ALTER TABLE \S+ /, ''),
    '--serve-socket-file': join(folder, 'socket'),
    '--throttle-additional-flag-file': join(folder, 'throttle'),
    '--postpone-cut-over-flag-file': undefined,
  };
  const args = flags.flatMap((flag) => {
    const name = flag.slice(0, flag.indexOf('='));
    if (!Object.hasOwn(own, name)) return [flag];
    return own[name] === undefined ? [] : [`${name}=${own[name]}`];
  });
  const start = performance.now();
  await execa(run.path, args, {
    env,
    extendEnv: false,
    stdin: 'ignore',
    cancelSignal: run.signal,
    timeout: 15 * 60_000,
  });
  return performance.now() - start;
}
