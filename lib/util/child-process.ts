import { once } from 'node:events';
import { execa } from 'execa';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { present } from './present.js';
import { createRedactor, type Stream } from './redact.js';

interface ChildStart {
  path: string;
  args: readonly string[];
  /** The whole environment of the child: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Never shown in a line. */
  secrets: readonly string[];
  /** Called for each line, redacted. Must not throw. */
  onLine?: (line: string, stream: Stream) => void;
}

/** Neither if it is unknown, as after a failed start. */
export interface ChildExit {
  code?: number;
  signal?: string;
}

export interface Child {
  pid: number;
  /** Its last lines, redacted, for a message about its end. */
  tail(): readonly string[];
  /** Resolves when it has ended and all its output has been read; never rejects. */
  exited: Promise<ChildExit>;
  /** Does nothing if it has ended. */
  signal(name: NodeJS.Signals): void;
}

const tailLength = 50;

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches alterwise alone and alterwise decides. Both
 * pipes are always read: a full pipe (64 KB) would block gh-ost, at worst while it holds locks.
 */
export function startChild({ path, args, env, secrets, onLine }: ChildStart): Child {
  const child = execa(path, args, {
    env: { ...env },
    extendEnv: false,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    buffer: false,
    reject: false,
  });
  if (child.pid === undefined) throw notStarted(path);
  const { pid } = child;
  const release = killWithUs(pid);
  const redact = createRedactor(secrets);
  const tail: string[] = [];
  const take = (stream: Stream) => (raw: string) => {
    const text = redact(stream, raw);
    tail.push(text);
    if (tail.length > tailLength) tail.shift();
    onLine?.(text, stream);
  };
  eachLine(child.stdout, take('stdout'));
  eachLine(child.stderr, take('stderr'));
  const exited = child.then(({ exitCode, signal }): ChildExit => {
    release();
    return present({ code: exitCode, signal });
  });
  return { pid, tail: () => [...tail], exited, signal: (name) => void child.kill(name) };
}

/** A row value can be large; the rest of a longer line is dropped. */
const longestLine = 64 * 1024;

/** Calls `onLine` for each line of a stream; the last one may lack its newline. */
export function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let line = '';
  const flush = () => onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const [first = '', ...others] = text.split('\n');
    line = (line + first).slice(0, longestLine);
    for (const other of others) {
      flush();
      line = other.slice(0, longestLine);
    }
  });
  stream.on('end', () => {
    if (line !== '') flush();
  });
}

function notStarted(path: string): Fault {
  return new Fault(`gh-ost at ${path} could not be started.`, {
    id: 'ghost-not-started',
    exitCode: exitCodes.environment,
    next: 'Check that the file is there and may be run, or use: alterwise gh-ost install',
  });
}

/** Neither code nor signal if it could not be started, or was not waited for. */
export interface ProgramRun extends ChildExit {
  stdout: string;
  stderr: string;
  timedOut: boolean;
  isMissing: boolean;
}

export interface ProgramOptions {
  timeoutMs: number;
  /** Besides PATH, which is all that it gets otherwise. */
  env?: Readonly<Record<string, string | undefined>>;
  /** It gets all of this process's environment too. */
  inheritsEnv?: boolean;
  cwd?: string;
  /** Text for its standard input, which is otherwise closed. */
  input?: string;
  /** Ends it before its time. */
  signal?: AbortSignal | undefined;
  /** Of its output; a program that writes more is ended. */
  maxBuffer?: number;
}

/** How long to wait for the output of a program that has ended or was killed. */
const lastWordsMs = 1_000;

/**
 * Runs a program to its end, or to the end of its time. Whatever it does, this returns: the program is killed with
 * everything that it started, and what cannot be killed (a process in a session of its own, or of another user) is not
 * waited for, even if it holds the output open.
 */
export async function runProgram(
  path: string,
  args: readonly string[],
  {
    timeoutMs,
    env = {},
    inheritsEnv = false,
    input,
    signal,
    maxBuffer = 100_000,
    ...options
  }: ProgramOptions,
): Promise<ProgramRun> {
  const child = execa(path, args, {
    ...options,
    env: { PATH: process.env.PATH, ...env },
    extendEnv: inheritsEnv,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    detached: true,
    buffer: false,
    reject: false,
  });
  const { pid } = child;
  if (pid === undefined) {
    const isMissing = (await child).code === 'ENOENT';
    return { stdout: '', stderr: '', timedOut: false, isMissing };
  }
  const release = killWithUs(pid);
  const late = new AbortController();
  const waitForLastWords = () => setTimeout(() => late.abort(), lastWordsMs).unref();
  const stop = () => {
    killGroup(pid);
    waitForLastWords();
  };
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] = (written[name] + text).slice(0, maxBuffer);
      if (written[name].length === maxBuffer) stop();
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, timeoutMs);
  child.once('exit', () => {
    clearTimeout(timer);
    waitForLastWords();
  });
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  await Promise.race([child, once(late.signal, 'abort')]);
  signal?.removeEventListener('abort', stop);
  clearTimeout(timer);
  release();
  if (late.signal.aborted) {
    killGroup(pid);
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }
  return {
    ...present({ code: child.exitCode, signal: child.signalCode }),
    stdout: written.stdout.replace(/\n$/, ''),
    stderr: written.stderr.replace(/\n$/, ''),
    timedOut,
    isMissing: false,
  };
}

/** A helper program that could not be run, was stopped, or failed; the message ends with its last lines. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly isMissing: boolean;

  constructor(program: string, run: ProgramRun, wasStopped: boolean) {
    super(explain(program, run, wasStopped));
    this.isMissing = run.isMissing;
  }
}

/** Runs a helper program that must succeed. @returns its standard output. @throws {CommandError} */
export async function runCommand(
  program: string,
  args: readonly string[],
  { limitSeconds, ...options }: Omit<ProgramOptions, 'timeoutMs'> & { limitSeconds: number },
): Promise<string> {
  const limits = { timeoutMs: limitSeconds * 1_000, inheritsEnv: true, maxBuffer: 100_000_000 };
  const run = await runProgram(program, args, { ...limits, ...options });
  if (run.code !== 0) throw new CommandError(program, run, options.signal?.aborted ?? false);
  return run.stdout;
}

function explain(program: string, run: ProgramRun, wasStopped: boolean): string {
  if (run.isMissing) return `${program} is not installed`;
  const exit = run.code === undefined ? (run.signal ?? 'an unknown end') : `exit code ${run.code}`;
  const ending = run.timedOut ? 'took too long' : wasStopped ? 'was stopped' : `failed with ${exit}`;
  const lastLines = (run.stderr || run.stdout).trim().split('\n').slice(-5).join('\n');
  return lastLines === '' ? `${program} ${ending}` : `${program} ${ending}: ${lastLines}`;
}

/**
 * Ends a detached child when this process ends; nothing else would, and gh-ost would keep copying unattended. If this
 * process is killed with SIGKILL, the child's next line finds the pipe closed, which ends it.
 * @returns to be called when the child has ended, before its id can be given to another process
 */
function killWithUs(pid: number): () => void {
  if (children.size === 0) process.on('exit', killAll);
  children.add(pid);
  return () => {
    children.delete(pid);
    if (children.size === 0) process.off('exit', killAll);
  };
}

const children = new Set<number>();

function killAll(): void {
  for (const pid of children) killGroup(pid);
}

/**
 * Sends a signal to a detached child and all that it started. Nothing happens if all of that has ended, or belongs to
 * another user (what sudo runs): whoever waits for the child needs a limit.
 */
export function killGroup(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
