import { accessSync, closeSync, constants, openSync, readSync, realpathSync } from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Plan, Reason } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { scriptFolderVariable, tellToStop } from './script-folder.js';

export interface ScriptOptions {
  folder: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Aborted: the script is told to stop by SIGTERM, and ended where it does not. */
  signal: AbortSignal;
  /** How long it may take after that. */
  graceMs: number;
}

/**
 * Runs a script with the adapter in it. It runs in a process group of its own, so that a signal reaches what npx, npm
 * and shells start as well. What it writes to standard output goes to standard error: there stands the plan.
 * @returns its exit code; 128 and more where a signal ended it
 * @throws {Fault} exit code 2 where it is no script of Node
 */
export async function runScript(command: readonly string[], options: ScriptOptions): Promise<number> {
  const [program = '', ...args] = command;
  const { folder, cwd, env, signal, graceMs } = options;
  refuseOther(program, cwd, env);
  signal.throwIfAborted();
  const child = execa(program, args, {
    cwd,
    env: { ...env, NODE_OPTIONS: nodeOptions(env), [scriptFolderVariable]: folder },
    extendEnv: false,
    preferLocal: true,
    localDir: cwd,
    stdin: 'ignore',
    stdout: process.stderr,
    stderr: 'inherit',
    detached: true,
    cleanup: false,
    reject: false,
  });
  const send = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended by itself
    }
  };
  const ended = new AbortController();
  const onAbort = async () => {
    tellToStop(folder);
    send('SIGTERM');
    await sleep(graceMs, undefined, { signal: ended.signal }).then(
      () => send('SIGKILL'),
      () => {},
    );
  };
  const listener = () => void onAbort();
  const onExit = () => send('SIGTERM');
  signal.addEventListener('abort', listener, { once: true });
  process.once('exit', onExit);
  try {
    const { exitCode, signal: name, failed, originalMessage } = await child;
    if (failed && exitCode === undefined && name === undefined) throw notStarted(program, originalMessage);
    return exitCode ?? 128;
  } finally {
    ended.abort();
    signal.removeEventListener('abort', listener);
    process.off('exit', onExit);
  }
}

/** Loaders that alterwise itself runs under are the script's as well: the adapter may be TypeScript still. */
function nodeOptions(env: NodeJS.ProcessEnv): string {
  const own = import.meta.url;
  const loaders = own.endsWith('.ts') ? process.execArgv.map(quoted) : [];
  const register = new URL(`../adapters/register${own.endsWith('.ts') ? '.ts' : '.js'}`, own).href;
  return [env.NODE_OPTIONS, ...loaders, '--import', quoted(register)].filter(Boolean).join(' ');
}

function quoted(option: string): string {
  return /[\s"\\]/.test(option) ? `"${option.replace(/["\\]/g, '\\$&')}"` : option;
}

/** The adapter lives in Node: to anything else it would say nothing, and the real schema would be changed. */
function refuseOther(program: string, cwd: string, env: NodeJS.ProcessEnv): void {
  const path = find(program, cwd, env);
  if (path === undefined) {
    throw usage(`There is no program ${program}.`, 'Check its name, and that it can be run from here.');
  }
  if (/^(?:node|nodejs)$/.test(basename(path)) || /\bnode\b/.test(firstLine(path))) return;
  throw usage(
    `${program} is not a script of Node: alterwise reads what a script sends in the script's own process, and this one would change the real schema.`,
    'Give the command that runs the migrations by Node, such as npx knex migrate:latest or node migrate.js; for SQL files there is --file.',
  );
}

function find(program: string, cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = program.includes('/')
    ? [cwd]
    : [join(cwd, 'node_modules/.bin'), ...(env.PATH ?? '').split(delimiter)];
  for (const folder of folders) {
    try {
      const path = resolve(folder, program);
      accessSync(path, constants.X_OK);
      return realpathSync(path);
    } catch {
      // not there: the next
    }
  }
  return undefined;
}

function firstLine(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(200);
    const text = buffer.toString('latin1', 0, readSync(file, buffer));
    return text.startsWith('#!') ? (text.split('\n')[0] ?? '') : '';
  } finally {
    closeSync(file);
  }
}

function notStarted(program: string, why: string | undefined): Fault {
  return usage(
    `${program} could not be started: ${why ?? 'for no reason that it told'}`,
    'Try it by itself first.',
  );
}

function usage(message: string, next: string): Fault {
  return new Fault(message, { id: 'script', exitCode: exitCodes.usage, next });
}

/** Why the plan of a script ends before the script does: it failed on the copy of the schema. */
export function scriptFailure({ script }: Plan): Reason | undefined {
  return script?.unforeseen.find(({ id }) => id === 'script-failed');
}
