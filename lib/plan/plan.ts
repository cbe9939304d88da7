import type { ExitCode } from '../fault.js';

export type StrategyName = 'nothing' | 'instant' | 'inplace' | 'copy' | 'gh-ost' | 'refuse';

/**
 * What the server does for a change, learnt from the probe:
 * `instant` metadata by ALGORITHM=INSTANT · `metadata` INPLACE without rebuild or scan · `scan` reads the table
 * with LOCK=NONE · `rebuild` rewrites it with LOCK=NONE · `shared` works in place but blocks writers · `copy`
 * copies and blocks writers · `online-copy` copies with LOCK=NONE (MariaDB 11.2 and up) · `unknown` not probed.
 */
export type CostClass =
  | 'instant'
  | 'metadata'
  | 'scan'
  | 'rebuild'
  | 'shared'
  | 'copy'
  | 'online-copy'
  | 'unknown';

/** Why something was chosen or refused: a stable id and one sentence. */
export interface Reason {
  id: string;
  text: string;
}

export interface DurationRange {
  low: number;
  high: number;
}

export interface RejectedStrategy {
  strategy: StrategyName;
  reason: Reason;
  durationMs?: DurationRange;
}

export interface Estimate {
  rows?: number;
  rowsExact?: boolean;
  dataBytes?: number;
  indexBytes?: number;
  durationMs?: DurationRange;
  /** True while durations come from general rates and not from a measured sample. */
  rough: boolean;
  diskBytes?: number;
  binlogBytes?: number;
  /** The longest that writers may stand still. */
  writerStallMs?: number;
}

export interface Check {
  id: string;
  level: 'ok' | 'warning' | 'danger' | 'unknown';
  text: string;
  count?: number;
  samples?: readonly unknown[];
  fix?: string;
}

export interface Rename {
  from: string;
  to: string;
}

/** What the table will be afterwards: the contract that verification holds the server to. */
export interface PromisedDefinition {
  /** SHOW CREATE TABLE before, normalized. */
  before: string;
  /** Absent where the probe was switched off. */
  after?: string;
  /** False: `after` is known line by line only, not in its order. */
  ordered: boolean;
  renames: readonly Rename[];
}

export interface TableName {
  schema: string;
  name: string;
}

export interface PlannedStatement {
  sql: string;
  table: TableName;
  /** The change as it follows `ALTER TABLE t `, without ALGORITHM and LOCK. */
  spec: string;
  strategy: StrategyName;
  class: CostClass;
  /** `ALGORITHM=…, LOCK=…`: a direct ALTER runs with exactly this. */
  clause?: string;
  reasons: readonly Reason[];
  rejected: readonly RejectedStrategy[];
  estimate: Estimate;
  checks: readonly Check[];
  promise: PromisedDefinition;
  fingerprint: string;
  /** Only of `refuse`. */
  refusal?: { exitCode: ExitCode; next: string };
}

export interface PlannedServer {
  flavor: string;
  version: string;
  uuid?: string;
  host: string;
  replicas?: number;
  ghOst?: { path: string; version: string };
}

/** A plain value: it can be printed, saved as JSON, reviewed, and executed later. */
export interface Plan {
  version: 1;
  id: string;
  createdAt: string;
  server: PlannedServer;
  statements: readonly PlannedStatement[];
}
