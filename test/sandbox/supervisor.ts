/**
 * The program that stands between alterwise and a throwaway server, in a process group of its own, so that
 * nothing is left of the server when alterwise ends, even by SIGKILL: the channel between the two then closes,
 * and this ends the server and removes its folder. It makes the folder itself, so that there is no moment in
 * which somebody else would have to remember it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { constants, rmSync } from 'node:fs';
import { cp, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What to start. `%FOLDER%` in an argument stands for the folder that is made. */
export interface Order {
  command: readonly string[];
  env?: Record<string, string>;
  /** Copied to `<folder>/data`. */
  template?: string;
  /** Written to files of these names, readable for nobody else. */
  files?: Record<string, string>;
  /** Where the server writes its log, in the folder. */
  log: string;
  /** Run at the very end, whatever happened. */
  cleanUp?: readonly string[];
  /** Do not end with alterwise. */
  detached: boolean;
}

export type Report = { event: 'started'; pid: number; folder: string } | { event: 'ended'; said: string };

const graceMs = 20_000;

let accepted = false;
let ending: 'SIGTERM' | 'SIGKILL' | undefined;
let server: ChildProcess | undefined;
let folder: string | undefined;

process.once('message', (order: Order) => {
  accepted = true;
  if (!order.detached) process.once('disconnect', () => end('SIGTERM'));
  process.on('message', (signal) => end(signal === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM'));
  supervise(order).then(
    () => process.exit(0),
    (error: unknown) => {
      report({ event: 'ended', said: error instanceof Error ? error.message : String(error) });
      setTimeout(() => process.exit(1), 100);
    },
  );
});
process.once('disconnect', () => {
  if (!accepted) process.exit(0);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end('SIGTERM'));

// Whatever ends this, a defect of its own included, ends the server. Mostly there is nothing left to do by now.
process.once('exit', () => {
  server?.kill('SIGKILL');
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

async function supervise(order: Order): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'alterwise-sandbox-'));
  try {
    await prepare(folder, order);
    if (ending === undefined) await serve(folder, order);
    report({ event: 'ended', said: await tail(join(folder, order.log)) });
  } finally {
    await cleanUp(order);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function prepare(folder: string, order: Order): Promise<void> {
  if (order.template !== undefined) {
    const mode = constants.COPYFILE_FICLONE;
    await cp(order.template, join(folder, 'data'), { recursive: true, mode });
  }
  for (const [name, text] of Object.entries(order.files ?? {})) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
}

async function serve(folder: string, order: Order): Promise<void> {
  const [command = '', ...args] = order.command.map((word) => word.replaceAll('%FOLDER%', folder));
  const log = await open(join(folder, order.log), 'a', 0o600);
  try {
    const child = spawn(command, args, {
      stdio: ['ignore', log.fd, log.fd],
      cwd: folder,
      env: { ...process.env, ...order.env },
    });
    server = child;
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', () => report({ event: 'started', pid: child.pid ?? 0, folder }));
      child.once('error', reject);
      child.once('exit', () => resolve());
    });
  } finally {
    await log.close();
  }
}

function end(signal: 'SIGTERM' | 'SIGKILL'): void {
  if (ending === 'SIGKILL' || ending === signal) return;
  ending = signal;
  server?.kill(signal);
  if (signal === 'SIGTERM') setTimeout(() => end('SIGKILL'), graceMs).unref();
}

async function cleanUp({ cleanUp: [command, ...args] = [] }: Order): Promise<void> {
  if (command === undefined) return;
  // What is to be cleaned up is mostly gone already, and then this fails.
  await promisify(execFile)(command, args, { timeout: graceMs }).catch(() => {});
}

async function tail(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-15).join('\n');
}

/** Alterwise may be gone, and then nobody needs to be told. */
function report(message: Report): void {
  if (process.connected) process.send?.(message, () => {});
}
