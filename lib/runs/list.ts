import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { BeginLine, TimedLine } from '../documents/record.js';
import type { RunNow, RunState } from '../documents/status.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { errorCode } from '../util/error-code.js';
import { askRun } from './control/socket.js';
import { ifThere, readRecord } from './record.js';

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
  const folder = join(stateDir, 'runs');
  const runs = await ifThere(readdir(folder), `Cannot list the runs in ${folder}`);
  // Side by side: one that does not answer takes two seconds.
  const known = await Promise.all((runs ?? []).map(async (run) => (await readRun(stateDir, run)) ?? []));
  return known.flat().sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** @returns undefined if there is no record, or none that this version can read */
async function readRun(stateDir: string, run: string, isSecond = false): Promise<KnownRun | undefined> {
  const lines = (await readRecord(stateDir, run)) ?? [];
  const [begin] = lines;
  if (begin?.type !== 'begin') return undefined;
  const known = { run, startedAt: begin.at, begin, lines };
  for (const line of lines.toReversed()) {
    const ended = { ...known, state: 'ended', endedAt: line.at } as const;
    if (line.type === 'finish') return { ...ended, exitCode: line.exitCode };
    if (line.type === 'closed') return ended;
  }
  const answer = begin.control ? await askRun(begin.control, { order: 'status' }, 2_000) : undefined;
  if (answer !== undefined && 'ok' in answer) {
    return { ...known, state: 'running', ...(answer.ok && { now: answer.now }) };
  }
  if (begin.machine !== hostname()) return { ...known, state: 'elsewhere' };
  const isAbsent = answer?.noAnswer === 'absent';
  // It may have ended after its record was read.
  if (isAbsent && !isSecond) return readRun(stateDir, run, true);
  return { ...known, state: isAbsent || !isAlive(begin.pid) ? 'interrupted' : 'running' };
}

/**
 * A run by its id or a prefix of it; without one, the only candidate.
 * @param isCandidate by default: it is running
 * @param candidate what such a run is called
 * @throws {Fault} `no-run` (exit 2) if there is none, or several
 */
export async function findRun(
  stateDir: string,
  named: string | undefined,
  isCandidate: (run: KnownRun) => boolean = ({ state }) => state === 'running',
  candidate = 'run in progress',
): Promise<KnownRun> {
  const isMeant = named === undefined ? isCandidate : ({ run }: KnownRun) => run.startsWith(named);
  const candidates = (await listRuns(stateDir)).filter(isMeant);
  const [only, ...more] = candidates;
  if (only !== undefined && more.length === 0) return only;
  const some = candidates.slice(0, 5).map(({ run }) => run);
  const none = `There is no ${named === undefined ? candidate : `run ${named}`} in ${stateDir}.`;
  throw new Fault(only === undefined ? none : `Which run? ${some.join(', ')}`, {
    id: 'no-run',
    exitCode: exitCodes.usage,
    next: 'alterwise status lists the runs; --state-dir names another folder.',
  });
}

/** Whether a process of this machine is alive; its pid may have been reused. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
