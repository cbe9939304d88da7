import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { on, once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { runFolder } from '../runs/record.js';
import type { Invocation } from './command.js';
import type { Io } from './io.js';
import { writeAll, writeAnswer } from './output.js';
import { loadFor } from './settings-of.js';
import { withSignals } from './signals.js';

/** By these Jenkins and GitHub runners find and kill the processes of a job; its temporary folder is removed, too. */
const ofTheJob: ReadonlySet<string> = new Set([
  'BUILD_ID',
  'JENKINS_NODE_COOKIE',
  'JENKINS_SERVER_COOKIE',
  'RUNNER_TRACKING_ID',
  'TMPDIR',
]);

/** Planning a large file takes minutes; after this the run is left alone even if its work has not begun. */
const limitMs = 15 * 60_000;

/**
 * Starts the same command in a process of its own, which outlives the terminal or the CI agent, and returns once its
 * work has begun. Its output and its result go to two files in the run's folder.
 * @returns 0, or the exit code of a run that ended before its work began
 */
export async function runDetached(invocation: Invocation, io: Io): Promise<number> {
  // The detached process reports their warnings.
  const { settings } = await loadFor(invocation, io);
  const run = randomUUID();
  const folder = runFolder(settings.stateDir, run);
  const log = join(folder, 'output.log');
  const result = join(folder, 'result');
  const password = settings.connection.password?.reveal();
  const env = {
    ...Object.fromEntries(Object.entries(io.env).filter(([name]) => !ofTheJob.has(name))),
    [detachedRun]: run,
    ...(password !== undefined && { ALTERWISE_PASSWORD: password }),
  };
  const child = await started(folder, { log, result }, invocation, env);
  const ended = once(child, 'exit').then(([code]: unknown[]) =>
    typeof code === 'number' ? code : exitCodes.bug,
  );
  const short = run.slice(0, 8);
  await writeAll(io.stderr, `Run ${run} is being planned; its output: ${log}\n`);
  const over = new AbortController();
  const code = await withSignals(
    io.signals,
    (text) => void io.stderr.write(`${text}\n`),
    ({ signal, hurry }) => {
      for (const each of [signal, hurry]) each.addEventListener('abort', () => child.kill('SIGTERM'));
      const long = AbortSignal.any([over.signal, AbortSignal.timeout(limitMs)]);
      return Promise.race([ended, atWork(child, long)]);
    },
  );
  over.abort();
  if (code !== undefined) {
    await writeAll(io.stderr, await readFile(log, 'utf8'));
    await writeAll(io.stdout, await readFile(result, 'utf8'));
    return code;
  }
  if (child.connected) child.disconnect();
  child.unref();
  // Each change of a script is a run of its own.
  const orders =
    invocation.script === undefined
      ? `alterwise status ${short}, alterwise abort ${short}`
      : `alterwise status shows its changes, kill -TERM ${child.pid} stops it and undoes the current change`;
  const text = `runs in the background: ${orders}. Its output: ${log}; its result: ${settings.out ?? result}`;
  await writeAnswer({ run, text: `It ${text}` }, () => `Run ${run} ${text}\n`, settings, io);
  return exitCodes.done;
}

async function started(
  folder: string,
  paths: { log: string; result: string },
  { argv, positionals }: Invocation,
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const log = await open(paths.log, 'a', 0o600);
    try {
      const result = await open(paths.result, 'a', 0o600);
      try {
        const child = spawn(
          process.execPath,
          [...process.execArgv, process.argv[1] ?? '', ...inPlace(argv)],
          {
            detached: true,
            env,
            stdio: [positionals.includes('-') ? 'inherit' : 'ignore', result.fd, log.fd, 'ipc'],
          },
        );
        await once(child, 'spawn');
        return child;
      } finally {
        await result.close();
      }
    } finally {
      await log.close();
    }
  } catch (cause) {
    throw new Fault(`Cannot detach the run: ${String(cause)}`, {
      id: 'not-detached',
      exitCode: exitCodes.environment,
      next: 'Run it without --detach.',
      cause,
    });
  }
}

/** The same command without --detach. What follows `--` belongs to a script. */
function inPlace(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const own = argv.slice(0, end).filter((word) => !/^--(?:detach|ask-password)(?:=|$)/.test(word));
  return [...own, ...argv.slice(end)];
}

/** Waits until its work begins. @param over aborted when nothing waits for that any more */
async function atWork(child: ChildProcess, over: AbortSignal): Promise<undefined> {
  try {
    for await (const [message] of on(child, 'message', { signal: over })) if (isBegun(message)) return;
  } catch (error) {
    if (!over.aborted) throw error;
  }
}

/** In the environment of a detached process: the id of its run. */
export const detachedRun = 'ALTERWISE_DETACHED_RUN';

const begun = 'alterwise: begun';

/** Tells the command that detached this process, if any, that its work begins. */
export function tellBegun(): void {
  if (givenRun !== undefined && process.connected) process.send?.(begun, undefined, undefined, nobodyWaits);
}

function nobodyWaits(): void {}

/** @param message from a detached process; a TypeScript loader may send others */
export function isBegun(message: unknown): boolean {
  return message === begun;
}

/**
 * The id of this process's run, if it was detached. It is removed from the environment at once, or an `alterwise run`
 * in a script would use the same id, socket and record.
 */
export const givenRun: string | undefined = process.env[detachedRun];
delete process.env[detachedRun];
