import { z } from 'zod';
import { Reason, StrategyName } from './plan.js';
import { amount, count, ExitCode, instant, list, TableName, version } from './values.js';

export const OutcomeName = z.enum([
  'done',
  'nothing',
  'refused',
  'lock-timeout',
  'aborted',
  'failed',
  'verification-failed',
  'unknown',
  'not-started',
]);
export type OutcomeName = z.infer<typeof OutcomeName>;

/** A connection that holds or waits for a lock on the table, as a DBA wants to see it. */
export interface Blocker extends z.infer<typeof Blocker> {}
export const Blocker = z.object({
  connectionId: count,
  user: z.string().exactOptional(),
  host: z.string().exactOptional(),
  /** How long its transaction has been open, or its statement has been running. */
  ageMs: amount.exactOptional(),
  /** Its current statement, or the last one it ran; shortened to 200 characters. */
  query: z.string().exactOptional(),
  /** `holds`: seen in metadata_locks; `waits`: queued; `suspect`: an open transaction, but no proof of a lock. */
  role: z.enum(['holds', 'waits', 'suspect']),
  command: z.string().exactOptional(),
  /**
   * Shows whether its transaction is still the same one: InnoDB's id and the time it began (read-only transactions
   * of one connection share an id).
   */
  transactionId: z.string().exactOptional(),
});

/** A table on a replica, after it was changed on the primary. */
export interface ReplicaState extends z.infer<typeof ReplicaState> {}
export const ReplicaState = z.object({
  /** Absent if the primary does not report it. */
  host: z.string().exactOptional(),
  port: z.int().min(1).exactOptional(),
  /** `behind`: the change had not arrived when alterwise stopped waiting for it. */
  schema: z.enum(['same', 'different', 'behind', 'unreachable']),
  /** What is different, or why it is unknown. */
  detail: z.string().exactOptional(),
});

/** How one statement ended. */
export interface StatementResult extends z.infer<typeof StatementResult> {}
export const StatementResult = z.object({
  sql: z.string(),
  /** Absent if the statement touches no table. */
  table: TableName.exactOptional(),
  strategy: StrategyName,
  outcome: OutcomeName,
  exitCode: ExitCode,
  reason: Reason,
  /** The state of the table now, for people. */
  state: z.string(),
  /** What to do next, for people. */
  next: z.string().exactOptional(),
  startedAt: instant.exactOptional(),
  durationMs: amount.exactOptional(),
  attempts: count.exactOptional(),
  rowsCopied: count.exactOptional(),
  /** By the comparison of the shadow table with the original table, before the cut-over. */
  rowsCompared: count.exactOptional(),
  /** Keys of rows in which the shadow table differs from the original table. */
  samples: list(z.string()).exactOptional(),
  /** By a plain statement, as the server counts them. */
  rowsChanged: count.exactOptional(),
  /** The longest that alterwise can have blocked writers, measured from outside if possible. */
  writerStallMs: amount.exactOptional(),
  /** The total of all attempts, if there were several. */
  totalStallMs: amount.exactOptional(),
  blockers: list(Blocker).exactOptional(),
  /** The connections that `--kill-blockers-after` has killed. */
  ended: list(Blocker).exactOptional(),
  /** What the run left on the server, each as `schema.table`. */
  left: list(z.string()).exactOptional(),
  /** The old table that is kept after a gh-ost migration. */
  oldTable: z.string().exactOptional(),
  /** The same table on the replicas, if the change is done. */
  replicas: list(ReplicaState).exactOptional(),
});

/** How a run ended. */
export interface RunResult extends z.infer<typeof RunResult> {}
export const RunResult = z.object({
  version,
  run: z.string(),
  plan: z.string(),
  exitCode: ExitCode,
  statements: list(StatementResult),
});
