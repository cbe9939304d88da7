import { StringDecoder } from 'node:string_decoder';
import { execa } from 'execa';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { createRedactor, type Stream } from './redact.js';

interface ChildStart {
  path: string;
  args: readonly string[];
  /** All that the child gets: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** What must not appear in any line. */
  secrets: readonly string[];
  /** Called for each line, redacted. Must not throw. */
  onLine?: (line: string, stream: Stream) => void;
}

/** Neither where it is not known, as after a failed start. */
export interface ChildExit {
  code?: number;
  signal?: string;
}

export interface Child {
  pid: number;
  /** Its last lines, redacted, for a message about its end. */
  tail(): readonly string[];
  /** When it has ended and all it wrote has been read; never rejects. */
  exited: Promise<ChildExit>;
  /** Nothing happens where it has ended already. */
  signal(name: NodeJS.Signals): void;
}

const tailLength = 50;

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches alterwise alone and alterwise decides. Both
 * pipes are always read: if nobody reads, the program (gh-ost) stands still after 64 KB, at worst while it holds locks.
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
  read(child.stdout, take('stdout'));
  read(child.stderr, take('stderr'));
  const exited = child.then(({ exitCode, signal }): ChildExit => {
    release();
    return { ...(exitCode !== undefined && { code: exitCode }), ...(signal !== undefined && { signal }) };
  });
  return { pid, tail: () => [...tail], exited, signal: (name) => void child.kill(name) };
}

function read(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  const splitter = new LineSplitter(onLine);
  stream.on('data', (chunk: Buffer) => splitter.push(chunk));
  stream.on('end', () => splitter.end());
}

function notStarted(path: string): Fault {
  return new Fault(`gh-ost at ${path} could not be started.`, {
    id: 'ghost-not-started',
    exitCode: exitCodes.environment,
    next: 'Check that the file is there and may be run, or use: alterwise gh-ost install',
  });
}

interface BriefRun {
  /** Absent where it could not be started, was stopped, or ended by a signal. */
  code?: number;
  stdout: string;
  timedOut: boolean;
}

interface BriefOptions {
  timeoutMs: number;
  /** Besides PATH, which is all that it gets otherwise. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Ends it before its time. */
  signal?: AbortSignal;
  /** Of its output; who writes more is ended. */
  maxBuffer?: number;
}

/** How long the output of a program that has ended, or was killed, is waited for. */
const lastWordsMs = 1_000;

/**
 * Runs a program that should answer at once. Whatever it does, this ends in time: it is killed with everything that
 * it started, and what cannot be killed (a process in a session of its own, or of another user) is not waited for,
 * though it holds its output open.
 */
export async function runBriefly(
  path: string,
  args: readonly string[],
  { timeoutMs, env = {}, signal, maxBuffer = 100_000 }: BriefOptions,
): Promise<BriefRun> {
  const child = execa(path, args, {
    env: { PATH: process.env.PATH, ...env },
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    detached: true,
    reject: false,
    maxBuffer,
  });
  const { pid } = child;
  if (pid === undefined) return { stdout: '', timedOut: false };
  const release = killWithUs(pid);
  const read: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => read.push(chunk));
  let timedOut = false;
  let patience: NodeJS.Timeout | undefined;
  let hurry = () => {};
  const isLate = new Promise<undefined>((resolve) => {
    hurry = () => {
      patience ??= setTimeout(() => resolve(undefined), lastWordsMs);
    };
  });
  const stop = () => {
    killGroup(pid);
    hurry();
  };
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, timeoutMs);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  const unwatch = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  };
  child.once('exit', () => {
    unwatch();
    hurry();
  });
  const ended = await Promise.race([child, isLate]);
  unwatch();
  clearTimeout(patience);
  release();
  if (ended !== undefined) {
    const { exitCode, stdout } = ended;
    return { ...(exitCode !== undefined && { code: exitCode }), stdout, timedOut };
  }
  killGroup(pid);
  child.stdout.destroy();
  child.unref();
  const stdout = Buffer.concat(read).toString().replace(/\n$/, '');
  return { ...(child.exitCode !== null && { code: child.exitCode }), stdout, timedOut };
}

/**
 * Sees to it that a detached child ends when this process does: nothing else would, and it would go on copying
 * with nobody to watch it. Where we are killed ourselves, its next line finds the pipe closed and ends it.
 * @returns call it when the child has ended, before its id can be given to another process
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
 * Kills a detached child and all that it started. Where all of that has ended, or belongs to another user (what sudo
 * runs), nothing happens: who waits for the child needs a limit.
 */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/** A row value can be large; what goes past this of a line is left out. */
const longestLine = 64 * 1024;

/** Cuts a stream of bytes into lines; the last one may have no end. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #parts: string[] = [];
  #length = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  end(): void {
    this.#take(this.#decoder.end());
    if (this.#parts.length > 0) this.#flush();
  }

  #take(text: string): void {
    const pieces = text.split('\n');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) this.#flush();
      if (piece === '' || this.#length >= longestLine) continue;
      const kept = piece.slice(0, longestLine - this.#length);
      this.#parts.push(kept);
      this.#length += kept.length;
    }
  }

  #flush(): void {
    const line = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
