import type { ExitCode } from '../exit-code.js';
import type { TableName } from '../sql/names.js';
import type { Reason, StrategyName } from './plan.js';

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

/** A connection that holds or waits for a lock on the table, as a DBA wants to see it. */
export interface Blocker {
  connectionId: number;
  user?: string;
  host?: string;
  /** How long its transaction has been open, or its statement runs. */
  ageMs?: number;
  /** Its statement now, or the last one it ran; shortened to 200 characters. */
  query?: string;
  /** `holds`: seen in metadata_locks; `waits`: queued; `suspect`: an open transaction, the lock not provable here. */
  role: 'holds' | 'waits' | 'suspect';
  command?: string;
  /**
   * Tells whether its transaction is still the same one: InnoDB's id, and when it began (one that only reads has
   * the same id as the next that only reads, on the same connection).
   */
  transactionId?: string;
}
