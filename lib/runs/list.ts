import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { BeginLine, TimedLine } from '../documents/record.js';
import type { RunNow, RunState } from '../documents/status.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { askRun } from './control/protocol.js';
import { badStateDir, readRecord } from './record.js';

/** A run as its record describes it. */
export interface KnownRun {
  run: string;
  state: RunState;
  startedAt: string;
  endedAt?: string;
  exitCode?: number;
  begin: BeginLine;
  lines: readonly TimedLine[];
  /** What it is doing, if it answers. */
  now?: RunNow;
}

/** All runs recorded in this state folder, the newest first. */
export async function listRuns(stateDir: string): Promise<KnownRun[]> {
  const found: KnownRun[] = [];
  for (const run of await namesIn(join(stateDir, 'runs'))) {
    const known = await readRun(stateDir, run);
    if (known !== undefined) found.push(known);
  }
  return found.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** @returns undefined if there is no record, or none that this version can read */
async function readRun(stateDir: string, run: string, isSecond = false): Promise<KnownRun | undefined> {
  const lines = (await readRecord(stateDir, run)) ?? [];
  const [begin] = lines;
  if (begin?.type !== 'begin') return undefined;
  const finish = lines.findLast(({ type }) => type === 'finish' || type === 'closed');
  const known = { run, startedAt: begin.at, begin, lines };
  if (finish?.type === 'finish') {
    return { ...known, state: 'ended', endedAt: finish.at, exitCode: finish.exitCode };
  }
  if (finish?.type === 'closed') return { ...known, state: 'ended', endedAt: finish.at };
  const answer =
    begin.control === undefined ? undefined : await askRun(begin.control, { order: 'status' }, 2_000);
  if (answer !== undefined && 'ok' in answer) {
    return { ...known, state: 'running', ...(answer.ok && { now: answer.now }) };
  }
  if (begin.machine !== hostname()) return { ...known, state: 'elsewhere' };
  // It may have ended after its record was read.
  if (answer?.noAnswer === 'absent' && !isSecond) return readRun(stateDir, run, true);
  const isDead = answer?.noAnswer === 'absent' || !isAlive(begin.pid);
  return { ...known, state: isDead ? 'interrupted' : 'running' };
}

/**
 * A run by its id or a prefix of it; without one, the only candidate.
 * @param isCandidate by default: it is running
 * @throws {Fault} `no-run` (exit 2) if there is none, or several
 */
export async function findRun(
  stateDir: string,
  named: string | undefined,
  isCandidate: (run: KnownRun) => boolean = ({ state }) => state === 'running',
): Promise<KnownRun> {
  const all = await listRuns(stateDir);
  const candidates = all.filter((run) =>
    named === undefined ? isCandidate(run) : run.run.startsWith(named),
  );
  const [only, ...more] = candidates;
  if (only !== undefined && more.length === 0) return only;
  const what = named === undefined ? 'run in progress' : `run ${named}`;
  throw new Fault(
    only === undefined ? `There is no ${what} in ${stateDir}.` : `Which run? ${names(candidates)}`,
    {
      id: 'no-run',
      exitCode: exitCodes.usage,
      next: 'alterwise status lists the runs; --state-dir names another folder.',
    },
  );
}

function names(runs: readonly KnownRun[]): string {
  return runs
    .slice(0, 5)
    .map(({ run }) => run)
    .join(', ');
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw badStateDir(`Cannot list the runs in ${folder}`, 'readable', error);
  }
}

/** Whether a process of this machine is alive; its pid may have been reused. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EPERM';
  }
}
