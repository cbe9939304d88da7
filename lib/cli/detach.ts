import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, Fault } from '../fault.js';
import { type RecordLine, runFolder } from '../runs/record.js';
import type { Invocation } from './command.js';
import { detachedRun } from './detached-run.js';
import type { Io } from './io.js';
import { writeAll, writeAnswer } from './output.js';
import { settingsOf } from './settings-of.js';
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

const pollMs = 200;
/** To plan a large file takes minutes; after this it is left to go on all the same. */
const limitMs = 15 * 60_000;

/**
 * Starts the same command in a process of its own, which goes on when the terminal or the CI agent goes, and returns
 * when its work has begun. What it says, and its result, go into two files of the run's folder.
 * @returns 0, or the exit code of a run that ended before its work began
 */
export async function runDetached(invocation: Invocation, io: Io): Promise<number> {
  const { settings } = await settingsOf(invocation, io);
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
    ({ signal }) => {
      signal.addEventListener('abort', () => child.kill('SIGTERM'));
      return Promise.race([ended, begun(settings.stateDir, run, over.signal)]);
    },
  );
  over.abort();
  if (code !== undefined) {
    await writeAll(io.stderr, await readFile(log, 'utf8'));
    await writeAll(io.stdout, await readFile(result, 'utf8'));
    return code;
  }
  child.unref();
  const text =
    `goes on by itself: alterwise status ${short}, alterwise abort ${short}. ` +
    `What it says: ${log}; its result: ${settings.out ?? result}`;
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
            stdio: [positionals.includes('-') ? 'inherit' : 'ignore', result.fd, log.fd],
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

/** When the run is at work, and can be watched from here. One that has nothing to do is about to end. */
async function begun(stateDir: string, run: string, over: AbortSignal): Promise<undefined> {
  const { readRecord } = await import('../runs/read-record.js');
  const start = performance.now();
  for (; performance.now() - start < limitMs && !over.aborted; await sleep(pollMs)) {
    if (isAtWork(await readRecord(stateDir, run))) return undefined;
  }
  return undefined;
}

function isAtWork(lines: readonly RecordLine[] = []): boolean {
  const planned = lines.flatMap((line) => (line.type === 'begin' ? line.planned : []));
  return lines.some((line) => line.type === 'start' && planned[line.index]?.strategy !== 'nothing');
}
