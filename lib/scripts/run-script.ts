import { accessSync, closeSync, constants, openSync, readSync, realpathSync } from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Plan, Reason } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { killGroup } from '../util/child-process.js';
import { scriptFolderVariable, tellToStop } from './script-folder.js';

export interface ScriptOptions {
  folder: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Aborted: the script gets SIGTERM, and SIGKILL after `graceMs`. */
  signal: AbortSignal;
  graceMs: number;
}

/**
 * Runs a script with the adapter in it. It has a process group of its own, so that a signal reaches what npx, npm and
 * shells start. Its standard output goes to standard error, because the plan or the result is on standard output.
 * @returns its exit code; 128 or more if a signal ended it
 * @throws {Fault} exit code 2 if it does not run on Node
 */
export async function runScript(command: readonly string[], options: ScriptOptions): Promise<number> {
  const [program = '', ...args] = command;
  const { folder, cwd, env, signal, graceMs } = options;
  refuseOtherThanNode(program, cwd, env);
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
  const send = (name: NodeJS.Signals) => child.pid !== undefined && killGroup(child.pid, name);
  const ended = new AbortController();
  const listener = () => {
    tellToStop(folder);
    send('SIGTERM');
    sleep(graceMs, undefined, { signal: ended.signal }).then(
      () => send('SIGKILL'),
      () => {},
    );
  };
  const onExit = () => send('SIGTERM');
  signal.addEventListener('abort', listener, { once: true });
  process.once('exit', onExit);
  try {
    const { exitCode, signal: name, failed, originalMessage } = await child;
    if (failed && exitCode === undefined && name === undefined) {
      const why = originalMessage ?? 'no reason was given';
      throw unusable(`${program} could not be started: ${why}`, 'Run it without alterwise first.');
    }
    return exitCode ?? 128;
  } finally {
    ended.abort();
    signal.removeEventListener('abort', listener);
    process.off('exit', onExit);
  }
}

/** The script gets the loaders of alterwise itself: run from its sources, the adapter is TypeScript. */
function nodeOptions(env: NodeJS.ProcessEnv): string {
  const own = import.meta.url;
  const loaders = own.endsWith('.ts') ? process.execArgv.map(quoted) : [];
  const register = new URL(`../adapters/register${own.endsWith('.ts') ? '.ts' : '.js'}`, own).href;
  return [env.NODE_OPTIONS, ...loaders, '--import', quoted(register)].filter(Boolean).join(' ');
}

function quoted(option: string): string {
  return /[\s"\\]/.test(option) ? `"${option.replace(/["\\]/g, '\\$&')}"` : option;
}

/** Without Node there is no adapter, and the script would change the real schema. */
function refuseOtherThanNode(program: string, cwd: string, env: NodeJS.ProcessEnv): void {
  const path = find(program, cwd, env);
  if (path === undefined) {
    throw unusable(`There is no program ${program}.`, 'Check its name, and that it can be started here.');
  }
  if (/^(?:node|nodejs)$/.test(basename(path)) || /\bnode\b/.test(firstLine(path))) return;
  throw unusable(
    `${program} does not run on Node: alterwise cannot intercept what it sends, and it would change the real schema.`,
    'Give a command that runs the migrations on Node, such as npx knex migrate:latest or node migrate.js; for SQL files use --file.',
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
      // not here: the next
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

function unusable(message: string, next: string): Fault {
  return new Fault(message, { id: 'script', exitCode: exitCodes.usage, next });
}

/** The plan of a script is incomplete if the script failed on the scratch copy. */
export function scriptFailure({ script }: Plan): Reason | undefined {
  return script?.unforeseen.find(({ id }) => id === scriptFailed('').id);
}

export function scriptFailed(text: string): Reason {
  return { id: 'script-failed', text };
}
