import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dataTemplate } from '../sandbox/data-template.js';
import { freePort } from '../sandbox/free-port.js';
import { installServer } from '../sandbox/install-server.js';
import { rootSetUp } from '../sandbox/root-set-up.js';
import { files, serverArgs } from '../sandbox/server-args.js';
import { startReplica } from '../sandbox/start-replica.js';
import { type Supervised, supervised } from '../sandbox/supervised.js';
import type { SandboxServer, ServerKind, ServerProgram } from '../sandbox/types.js';
import { waitUntilReady } from '../sandbox/wait-until-ready.js';
import { type ShiftedClock, shiftedClock } from './clock/index.js';

/** A server that can be killed and started again on the same data and the same port. */
export interface FaultyServer {
  kind: ServerKind;
  port: number;
  password: string;
  /** The disk of its data, where it has one of its own. */
  disk?: string;
  /** One that follows it, where it has one. */
  replica?: Pick<SandboxServer, 'host' | 'port' | 'user' | 'password'>;
  /** Its clock, where it has one of its own; alterwise is to have the same. */
  clock?: ShiftedClock;
  kill(): Promise<void>;
  start(): Promise<void>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

export interface FaultyServerOptions {
  /** Its data gets a file system of this size, in MB, of its own: for root, where mount works. */
  diskMb?: number;
  replicated?: boolean;
  /** It gets a clock that can be stepped. */
  shiftsClock?: boolean;
}

const password = 'faults';
const readyLimitMs = 90_000;

export async function startFaultyServer(
  kind: ServerKind,
  { diskMb, replicated = false, shiftsClock = false }: FaultyServerOptions = {},
): Promise<FaultyServer> {
  const program = await installServer(kind, {});
  const template = await dataTemplate(program, {});
  const home = await mkdtemp(join(tmpdir(), 'alterwise-faults-'));
  const disk = diskMb === undefined ? undefined : await mountedDisk(home, diskMb);
  const port = await freePort();
  const clock = shiftsClock ? await shiftedClock(home) : undefined;
  let running: Supervised | undefined;
  const launch = async (setUp: string) => {
    running = await supervised({
      command: [...inEnvironment(clock), ...commandOf(program, join(home, 'data'), port)],
      files: { [files.setUp]: setUp },
      log: files.log,
      detached: false,
    });
    await waitUntilReady(port, running, { limitMs: readyLimitMs, signal: undefined });
  };
  let replica: SandboxServer | undefined;
  const remove = async () => {
    await replica?.stop();
    await running?.end('SIGKILL');
    if (disk !== undefined) await run('umount', [home]);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await cp(template, join(home, 'data'), { recursive: true });
    await launch(rootSetUp(password));
    const primary = { host: '127.0.0.1', port, user: 'root', password };
    if (replicated) replica = await startReplica(kind, primary);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    kind,
    port,
    password,
    ...(disk !== undefined && { disk }),
    ...(clock && { clock }),
    ...(replica && { replica }),
    kill: async () => {
      if (running === undefined) return;
      process.kill(running.pid, 'SIGKILL');
      await running.ended;
    },
    start: () => launch(''),
    signal: (name) => void (running && process.kill(running.pid, name)),
    remove,
  };
}

const run = promisify(execFile);

async function mountedDisk(path: string, mb: number): Promise<string> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mb}m`, 'alterwise-faults', path]);
  return path;
}

/** `env` becomes the program, and keeps its process id. */
function inEnvironment(clock: ShiftedClock | undefined): string[] {
  if (clock === undefined) return [];
  return ['env', ...Object.entries(clock.env).map(([name, value]) => `${name}=${value}`)];
}

function commandOf(program: ServerProgram, datadir: string, port: number): string[] {
  const args = serverArgs(program.flavor, '%FOLDER%', port, { datadir });
  return [...program.command, '--no-defaults', ...program.args, ...args];
}
