import type { ExitCode } from '../exit-code.js';
import type { TableName } from '../sql/names.js';
import type { StrategyName } from './strategies.js';

export type { StrategyName };

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
  /** The server's own number of the error, where it has refused. */
  errno?: number;
}

export interface DurationRange {
  low: number;
  high: number;
}

export interface RejectedStrategy extends Costs {
  strategy: StrategyName;
  reason: Reason;
  durationMs?: DurationRange;
}

/** What a way needs, and whom it holds up; what is not known, or nothing, is absent. */
export interface Costs {
  diskBytes?: number;
  binlogBytes?: number;
  /** The longest that writers may stand still. */
  writerStallMs?: number;
  /** How far replicas fall behind by it. */
  replicaDelayMs?: DurationRange;
}

export interface Estimate extends Costs {
  rows?: number;
  rowsExact?: boolean;
  dataBytes?: number;
  indexBytes?: number;
  durationMs?: DurationRange;
  /** True while durations come from general rates and not from a measured sample. */
  rough: boolean;
  /** How many rows the sample had, where there was one. */
  sampledRows?: number;
  /** What earlier runs on this server took, against what was foretold for them. */
  corrected?: { factor: number; runs: number };
  /** Row changes a second on the table at the time of planning. */
  writesPerSecond?: number;
}

export interface Check {
  id: string;
  level: 'ok' | 'warning' | 'danger' | 'unknown';
  text: string;
  count?: number;
  /** Of offending rows their keys, as `id=5`; up to five. */
  samples?: readonly unknown[];
  /** What mends it, and the statement that finds or mends the rows. */
  fix?: string;
  /** Of a danger: `--accept` may not let it pass, for rows would be lost, or the server would refuse them anyway. */
  final?: true;
  /** Of a danger: `--accept` has let it pass. */
  accepted?: true;
}

/** Whether one version of the application works on one version of the schema, and why not. */
export interface Verdict {
  works: 'yes' | 'maybe' | 'no';
  reasons: readonly Reason[];
}

/** What a change means for an application that is deployed before or after it. */
export interface Compatibility {
  /** The application as it is now, on the schema to come: between the change and the deploy. */
  previousOnNew: Verdict;
  /** The application to come, on the schema as it is: when the deploy comes first, or the schema goes back. */
  newOnPrevious: Verdict;
  /** The steps that would make it safe (expand, move, contract); empty where it is. */
  steps: readonly string[];
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

export type PlannedStatement = PlannedAlter | PlannedPlain;

/** A change of one table's schema. */
export interface PlannedAlter {
  kind: 'alter';
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
  /** Absent where it was not probed, or changes nothing. */
  compatibility?: Compatibility;
  /** For the ticket: what is locked, for how long, and who notices. */
  sentence: string;
  /** Its rows are asked when its turn has come, since a statement before it changes them. */
  asksLater?: true;
  /** Only of `gh-ost`. */
  swap?: PlannedSwap;
  promise: PromisedDefinition;
  /** A kept original that gh-ost swaps back with what was written since, instead of making a copy. */
  revertTo?: RevertTo;
  fingerprint: string;
  /** Only of `refuse`. */
  refusal?: Refusal;
}

export interface RevertTo {
  name: string;
  /** The GTID set from which on gh-ost reads what was written since the swap. */
  coordinates: string;
}

/** Another statement of a migration, which runs in its place. */
export interface PlannedPlain {
  kind: 'plain';
  sql: string;
  /** Its leading words: `CREATE TABLE`, `UPDATE`, `SET`. */
  verb: string;
  strategy: 'nothing' | 'plain' | 'refuse';
  class: 'unknown';
  /** The first of the tables that it touches. */
  table?: TableName;
  touches: readonly TableName[];
  reasons: readonly Reason[];
  rejected: readonly RejectedStrategy[];
  estimate: Estimate;
  checks: readonly Check[];
  sentence: string;
  fingerprint: string;
  refusal?: Refusal;
}

export interface Refusal {
  exitCode: ExitCode;
  next: string;
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
  review: Review;
  /** The run that it takes back: `alterwise revert` alone runs it. */
  reverts?: string;
  /** Changes of one table that could be made as one. */
  offers?: readonly Offer[];
  /** Where the statements are those of a script, which ran against a copy of the schema. */
  script?: RecordedScript;
}

export interface RecordedScript {
  /** What could not be seen there. */
  unforeseen: readonly Reason[];
  /** It would write down that it has run something. */
  pending?: true;
}

/** Whether somebody has to look at the plan before it is run. */
export interface Review {
  required: boolean;
  reasons: readonly Reason[];
}

export interface Offer {
  /** Which statements, counted from 1. */
  statements: readonly number[];
  table: TableName;
  /** The one that would take their place. */
  sql: string;
  /** What is not copied twice then; absent where it is not known. */
  savedMs?: number;
  text: string;
}

/** When the tables of a complete copy will be swapped. */
export interface PlannedSwap {
  /** `manual`: when somebody says `alterwise cut-over`. */
  when: 'auto' | 'manual';
  /** With its time zone. */
  window?: string;
  /** A command has to say yes. What it is called may hold a secret. */
  gate?: true;
  /** How long it may wait; absent: by how long the copy takes. */
  waitMs?: number;
  /** How long all attempts together may hold writers. */
  totalStallMs: number;
}
