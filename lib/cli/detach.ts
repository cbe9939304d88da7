import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { on, once } from 'node:events';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { runFolder } from '../runs/record.js';
import type { Invocation } from './command.js';
import { begun, detachedRun } from './detached.js';
import type { Io } from './io.js';
import { writeAll, writeAnswer } from './output.js';
import { loadFor } from './settings.js';
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
  const child = await started(folder, [result, log], invocation, {
    ...Object.fromEntries(Object.entries(io.env).filter(([name]) => !ofTheJob.has(name))),
    [detachedRun]: run,
    ...(password !== undefined && { ALTERWISE_PASSWORD: password }),
  });
  const ended = once(child, 'exit').then(([code]: unknown[]) =>
    typeof code === 'number' ? code : exitCodes.bug,
  );
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
  const short = run.slice(0, 8);
  // Each change of a script is a run of its own.
  const orders =
    invocation.script === undefined
      ? `alterwise status ${short}, alterwise abort ${short}`
      : `alterwise status shows its changes, kill -TERM ${child.pid} stops it and undoes the current change`;
  const text = `runs in the background: ${orders}. Its output: ${log}; its result: ${settings.out ?? result}`;
  await writeAnswer({ run, text: `It ${text}` }, () => `Run ${run} ${text}\n`, settings, io);
  return exitCodes.done;
}

/** @param paths of its standard output and standard error */
async function started(
  folder: string,
  paths: readonly string[],
  { argv, positionals }: Invocation,
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const files: FileHandle[] = [];
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const path of paths) files.push(await open(path, 'a', 0o600));
    const [stdout, stderr] = files.map(({ fd }) => fd);
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...inPlace(argv)], {
      detached: true,
      env,
      stdio: [positionals.includes('-') ? 'inherit' : 'ignore', stdout, stderr, 'ipc'],
    });
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw new Fault(`Cannot detach the run: ${String(cause)}`, {
      id: 'not-detached',
      exitCode: exitCodes.environment,
      next: 'Run it without --detach.',
      cause,
    });
  } finally {
    for (const file of files) await file.close();
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
    for await (const [message] of on(child, 'message', { signal: over })) if (message === begun) return;
  } catch (error) {
    if (!over.aborted) throw error;
  }
}
