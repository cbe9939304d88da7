import { z } from 'zod';
import { PhaseName, Progress } from './event.js';
import { StrategyName } from './plan.js';
import { OutcomeName } from './result.js';
import { amount, count, instant, list, version } from './values.js';

/**
 * `interrupted`: it has not ended, and its process is dead. `elsewhere`: it was started on another machine, and only
 * from there can it be seen whether it is still running.
 */
export const RunState = z.enum(['running', 'interrupted', 'elsewhere', 'ended']);
export type RunState = z.infer<typeof RunState>;

export interface StatementStatus extends z.infer<typeof StatementStatus> {}
export const StatementStatus = z.strictObject({
  /** Its leading words. */
  verb: z.string(),
  /** Only of a change of a table, and only if it can hold no secret. */
  sql: z.string().exactOptional(),
  /** `schema.table` */
  table: z.string().exactOptional(),
  strategy: StrategyName,
  /** Absent if it has not ended, or was not started. */
  outcome: OutcomeName.exactOptional(),
  begun: z.boolean(),
  /** The old table that is kept. */
  oldTable: z.string().exactOptional(),
  /** Until when the old table is kept. */
  keepUntil: instant.exactOptional(),
  left: list(z.string()).exactOptional(),
});

/** What a run is doing now. */
export interface RunNow extends z.infer<typeof RunNow> {}
export const RunNow = z.strictObject({
  /** `schema.table` of the current statement; absent between two statements. */
  table: z.string().exactOptional(),
  phase: PhaseName.exactOptional(),
  /** What it does or waits for, for people. */
  text: z.string().exactOptional(),
  /** Since the phase began. */
  elapsedMs: amount.exactOptional(),
  progress: Progress.exactOptional(),
  /** What blocks it now, each as `connection 12 (user@host)…`. */
  blockers: list(z.string()).exactOptional(),
  paused: z.boolean(),
  /** It was asked to stop. */
  stopping: z.boolean(),
  /** How many statements have ended, of how many. */
  ended: count,
  statements: count,
});

/** A run of this state folder, and what is left of it. */
export interface RunStatus extends z.infer<typeof RunStatus> {}
export const RunStatus = z.strictObject({
  run: z.string(),
  state: RunState,
  startedAt: instant,
  endedAt: instant.exactOptional(),
  /** Absent if the run died and was cleaned up. */
  exitCode: z.int().exactOptional(),
  pid: count,
  machine: z.string(),
  server: z.strictObject({ host: z.string(), port: count }),
  /** The run that it takes back. */
  reverts: z.string().exactOptional(),
  statements: list(StatementStatus),
  now: RunNow.exactOptional(),
});

/** A row copy that another machine has marked on the server. */
export interface ElsewhereRun extends z.infer<typeof ElsewhereRun> {}
export const ElsewhereRun = z.strictObject({
  run: z.string(),
  machine: z.string(),
  pid: count,
  /** `schema.table`; if gh-ost had to shorten the name, the part that is left. */
  table: z.string(),
  /** `silent`: its mark was not refreshed for a minute, or its process died. */
  state: z.enum(['running', 'silent']),
  seenSecondsAgo: z.int(),
});

export const StatusAnswer = z.strictObject({
  version,
  runs: list(RunStatus),
  /** Runs on the server that was named. */
  elsewhere: list(ElsewhereRun),
});
