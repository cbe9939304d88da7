import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { writeCredentials } from '../../lib/engines/gh-ost/process/credentials.js';
import { Secret } from '../../lib/settings/secret.js';
import { eachLine } from '../../lib/util/child-process.js';
import type { SandboxServer } from '../sandbox/index.js';
import { environmentOf } from './environment.js';

export interface SwapOptions {
  ghostPath: string;
  /** An ALTER TABLE of bench.payments. */
  change: string;
  folder: string;
  signal: AbortSignal;
  /** Called when all rows are copied, and only the swap is left. */
  onComplete: () => void;
}

/** A change from its start to its end. */
export type Swap = (server: SandboxServer, options: SwapOptions) => Promise<void>;

const program = fileURLToPath(new URL('../../bin/alterwise.ts', import.meta.url));
const limitMs = 10 * 60_000;

/** gh-ost alone, with its own defaults: nothing but where the table is, leave to work there, and safety from warnings. */
export const bareSwap: Swap = async ({ host, port, user, password }, options) => {
  const folder = await mkdtemp(join(options.folder, 'run-'));
  const { confPath, env } = await writeCredentials(folder, { user, password: new Secret(password) });
  const args = [
    `--conf=${confPath}`,
    `--host=${host}`,
    `--port=${port}`,
    '--database=bench',
    '--table=payments',
    `--alter=${options.change.replace(/^ALTER TABLE \S+ /, '')}`,
    '--allow-on-master',
    `--serve-socket-file=${join(folder, 'socket')}`,
    '--initially-drop-ghost-table',
    '--initially-drop-old-table',
    '--execute',
    '--verbose',
  ];
  const run = execa(options.ghostPath, args, { env, extendEnv: false, ...limits(options) });
  eachLine(run.stderr, (line) => line.includes('Row copy complete') && options.onComplete());
  await run;
};

/** alterwise as one gets it. */
export const alterwiseSwap: Swap = async (server, options) => {
  const stateDir = await mkdtemp(join(options.folder, 'state-'));
  const args = ['--import=tsx', program, 'run', options.change, '--strategy=gh-ost', '--progress=ndjson'];
  const run = execa(process.execPath, args, {
    env: environmentOf(server, stateDir, options.ghostPath),
    ...limits(options),
  });
  eachLine(run.stderr, (line) => line.includes('"phase":"wait-cut-over"') && options.onComplete());
  await run;
};

function limits({ signal }: SwapOptions) {
  return { stdin: 'ignore', cancelSignal: signal, timeout: limitMs } as const;
}
