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

/**
 * By these Jenkins and the runners of GitHub find the processes of a job, and end them with it; and its folder for
 * temporary files goes with it.
 */
const ofTheJob: ReadonlySet<string> = new Set([
  'BUILD_ID',
  'JENKINS_NODE_COOKIE',
  'JENKINS_SERVER_COOKIE',
  'RUNNER_TRACKING_ID',
  'TMPDIR',
]);

/** To plan a large file takes minutes; after this it is left to go on all the same. */
const limitMs = 15 * 60_000;

/**
 * Starts the same command in a process of its own, which goes on when the terminal or the CI agent goes, and returns
 * when its work has begun. What it says, and its result, go into two files of the run's folder.
 * @returns 0, or the exit code of a run that ended before its work began
 */
export async function runDetached(invocation: Invocation, io: Io): Promise<number> {
  // What is to be said about them the detached process says.
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
  await writeAll(io.stderr, `Run ${run} is being planned; what it says: ${log}\n`);
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
  // The changes of a script are runs of their own, and begin one after the other.
  const orders =
    invocation.script === undefined
      ? `alterwise status ${short}, alterwise abort ${short}`
      : `alterwise status shows its changes, kill -TERM ${child.pid} stops it and puts the change back that it is at`;
  const text =
    `goes on by itself: ${orders}. ` + `What it says: ${log}; its result: ${settings.out ?? result}`;
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
    throw new Fault(`The run could not be detached: ${String(cause)}`, {
      id: 'not-detached',
      exitCode: exitCodes.environment,
      next: 'Run it without --detach.',
      cause,
    });
  }
}

/** The same command, not detached once more. What stands behind `--` is a script's. */
function inPlace(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const own = argv.slice(0, end).filter((word) => !/^--(?:detach|ask-password)(?:=|$)/.test(word));
  return [...own, ...argv.slice(end)];
}

/** When it is at work. @param over aborted when nobody waits for that any more */
async function atWork(child: ChildProcess, over: AbortSignal): Promise<undefined> {
  try {
    for await (const [message] of on(child, 'message', { signal: over })) if (isBegun(message)) return;
  } catch (error) {
    if (!over.aborted) throw error;
  }
}

/** In the environment of a process that was detached: what its run is called. */
export const detachedRun = 'ALTERWISE_DETACHED_RUN';

const begun = 'alterwise: begun';

/** Tells the command that has detached this process, if one has, that its work begins. */
export function tellBegun(): void {
  if (givenRun !== undefined && process.connected) process.send?.(begun, undefined, undefined, nobodyWaits);
}

function nobodyWaits(): void {}

/** @param message what a detached process has sent; a loader of its TypeScript may send others */
export function isBegun(message: unknown): boolean {
  return message === begun;
}

/**
 * What the run of this process is called, where it was detached. Taken out of the environment before anything gets a
 * copy of that: an `alterwise run` in a script would take the name as its own, and with it the socket and the record.
 */
export const givenRun: string | undefined = process.env[detachedRun];
delete process.env[detachedRun];
