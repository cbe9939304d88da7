import { type ChildProcess, fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Order, Report } from './supervisor.js';

/** The supervisor needs its 20 seconds of patience with the server, and some for the folder. */
const stopLimitMs = 30_000;
/** Copying the data folder takes a second, on a slow disk ten. */
const startLimitMs = 120_000;

export interface Supervised {
  pid: number;
  folder: string;
  /** Resolves when the server has ended, with the last lines of its log. */
  ended: Promise<string>;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts a program under a supervisor, which outlives this process just long enough to clean up after it. */
export async function supervised(order: Order): Promise<Supervised> {
  const supervisor = forkSupervisor();
  const exited = new Promise<void>((resolve) => supervisor.once('exit', () => resolve()));
  const ended = new Promise<string>((resolve) => {
    supervisor.on('message', (report: Report) => report.event === 'ended' && resolve(report.said));
    supervisor.once('exit', () => resolve(''));
  });
  supervisor.send(order);
  const { pid, folder } = await started(supervisor);
  // A program that forgets to stop its server may end all the same.
  supervisor.unref();
  supervisor.channel?.unref();
  return { pid, folder, ended, end: (signal) => end(supervisor, exited, { pid, folder, signal }) };
}

/** In a process group of its own: Ctrl-C in a terminal reaches every process of the group. */
function forkSupervisor(): ChildProcess {
  const extension = extname(import.meta.url);
  return fork(fileURLToPath(new URL(`./supervisor${extension}`, import.meta.url)), [], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: plainEnvironment(),
    execArgv: extension === '.ts' ? [`--import=${import.meta.resolve('tsx')}`] : [],
  });
}

async function started(supervisor: ChildProcess): Promise<{ pid: number; folder: string }> {
  let complaints = '';
  supervisor.stderr?.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  const limit = setTimeout(() => supervisor.kill('SIGKILL'), startLimitMs);
  try {
    return await new Promise((resolve, reject) => {
      supervisor.on('message', (report: Report) => {
        if (report.event === 'started') resolve(report);
        else reject(new Error(report.said));
      });
      supervisor.on('error', reject);
      supervisor.once('exit', () =>
        reject(new Error(`the server's supervisor ended unexpectedly: ${complaints}`)),
      );
    });
  } finally {
    clearTimeout(limit);
    supervisor.stderr?.destroy();
  }
}

async function end(
  supervisor: ChildProcess,
  exited: Promise<void>,
  { pid, folder, signal }: { pid: number; folder: string; signal: 'SIGTERM' | 'SIGKILL' },
): Promise<void> {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return;
  supervisor.ref();
  if (supervisor.connected) supervisor.send(signal);
  else supervisor.kill('SIGTERM');
  const tooLong = setTimeout(() => {
    for (const each of [pid, supervisor.pid]) if (each !== undefined) killQuietly(each);
  }, stopLimitMs);
  await exited;
  clearTimeout(tooLong);
  await rm(folder, { recursive: true, force: true });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile, which is what was wanted.
  }
}

/** What a test runner or a debugger hung into this process is not for the supervisor. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|TAP|_TAPJS)/.test(name));
  return Object.fromEntries(kept);
}
