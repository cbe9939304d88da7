import type { ExitCode } from '../fault.js';
import type { Blocker } from '../inspect/blockers.js';
import type { Reason, StrategyName, TableName } from './plan.js';

export type OutcomeName =
  | 'done'
  | 'nothing'
  | 'refused'
  | 'lock-timeout'
  | 'aborted'
  | 'failed'
  | 'verification-failed'
  | 'unknown'
  | 'not-started';

/** A table on a replica, after it was changed on the primary. */
export interface ReplicaState {
  /** Absent where the primary does not tell. */
  host?: string;
  port?: number;
  /** `behind`: the change had not arrived when it was no longer waited for. */
  schema: 'same' | 'different' | 'behind' | 'unreachable';
  /** What is different, or why it is not known. */
  detail?: string;
}

/** How one statement ended. */
export interface StatementResult {
  sql: string;
  /** Absent where the statement touches none. */
  table?: TableName;
  strategy: StrategyName;
  outcome: OutcomeName;
  exitCode: ExitCode;
  reason: Reason;
  /** In what state the table is now, and what to do next: for people. */
  state: string;
  next?: string;
  startedAt?: string;
  durationMs?: number;
  attempts?: number;
  rowsCopied?: number;
  /** Of the copy with the original, before the swap. */
  rowsCompared?: number;
  /** Keys of rows in which the copy differs from the original. */
  samples?: readonly string[];
  /** By a plain statement, as the server counts them. */
  rowsChanged?: number;
  /** The longest that alterwise can have held writers, measured from outside where it can be. */
  writerStallMs?: number;
  /** The same of all attempts together, where there were several. */
  totalStallMs?: number;
  blockers?: readonly Blocker[];
  /** Whose connections `--kill-blockers-after` has ended. */
  ended?: readonly Blocker[];
  /** `schema.table` each. */
  left?: readonly string[];
  /** The kept original after a gh-ost migration. */
  oldTable?: string;
  /** The same table on the replicas, where a change is done. */
  replicas?: readonly ReplicaState[];
}

export interface RunResult {
  version: 1;
  run: string;
  plan: string;
  exitCode: ExitCode;
  statements: readonly StatementResult[];
}
