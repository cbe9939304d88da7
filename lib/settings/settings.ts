import type { EngineName } from '../documents/strategies.js';
import type { Secret } from './secret.js';
import type { DailyWindow } from './window.js';

export interface TlsSettings {
  /** As the MySQL client means it; `preferred` falls back to plain text where the server has no TLS. */
  mode: 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-identity';
  /** Paths of PEM files. */
  ca?: string;
  cert?: string;
  key?: string;
}

export interface ConnectionSettings {
  host: string;
  port: number;
  /** Path of a unix socket; wins over host and port. */
  socketPath?: string;
  user: string;
  password?: Secret;
  /** The schema of tables that a statement names without one. */
  database?: string;
  /** As `@@time_zone`, for literals and conversions of TIMESTAMP; absent: the server's own. */
  timeZone?: string;
  tls: TlsSettings;
}

export interface GhostSettings {
  /** Path given by `--gh-ost` or `GH_OST`. */
  path?: string;
  /** Extra flags as `--name=value`, already checked against the allow-list. */
  flags: readonly string[];
  maxLagMs: number;
  maxLoad?: string;
  criticalLoad?: string;
  throttleQuery?: string;
  /** `host:port` each; absent: those that the server names. */
  throttleReplicas?: readonly string[];
  /** Absent: alterwise chooses. */
  chunkSize?: number;
  dmlBatchSize?: number;
  rehearse: 'auto' | 'always' | 'off';
  /** Whether the shadow table is compared with the original before the cut-over. */
  checksum: 'auto' | 'full' | 'sample' | 'off';
  /** gh-ost waits for its lock twice this long (gh-ost issue 952). */
  cutOverLockTimeoutSeconds: number;
}

/** When a complete row copy may be cut over. */
export interface CutOverSettings {
  /** `manual`: when somebody says `alterwise cut-over`. */
  when: 'auto' | 'manual';
  window?: DailyWindow;
  /** A command for `sh -c`, which says by its exit code 0 that now is the time. */
  gate?: string;
  /** How long it may wait for that; absent: chosen. */
  waitMs?: number;
  /** How long all attempts together may hold writers. */
  stallTotalMs: number;
}

/** Which connections that hold the table may be ended. */
export interface KillSettings {
  /** How long one has been in the way; absent: none is ended. */
  afterMs?: number;
  /** None whose transaction has changed more rows than this. */
  spareRows: number;
}

export interface CheckSettings {
  /** How long the rows of one table may be looked at. */
  timeMs: number;
  /** A replica to look at instead; the account is the same. */
  from?: { host: string; port?: number };
  /** Ids of dangers that may pass. */
  accept: readonly string[];
  forecast: 'sample' | 'rates';
}

export interface ReviewSettings {
  /** Above this many rows a run wants a reviewed plan. */
  rows: number;
  /** Path of the plan to run. */
  plan?: string;
  /** Id of the plan that was approved. */
  approve?: string;
  planMaxAgeMs: number;
}

/** Everything that a person can set, validated and frozen. Defaults are filled in; durations are ms. */
export interface Settings {
  connection: ConnectionSettings;
  strategy: 'auto' | EngineName;
  /** What a single attempt may wait for a lock: whole seconds, at least 1. */
  lockWaitTimeoutSeconds: number;
  /** All attempts together. */
  lockBudgetMs: number;
  /** The longest stall of writers that a blocking COPY may be predicted to cost. */
  stallBudgetMs: number;
  /** The longest predicted INPLACE run directly; absent: by whether replicas follow. */
  directBudgetMs?: number;
  probe: 'auto' | 'scratch' | 'off';
  scratchSchema?: string;
  ghost: GhostSettings;
  cutOver: CutOverSettings;
  killBlockers: KillSettings;
  checks: CheckSettings;
  review: ReviewSettings;
  /** How long the old table is kept after a cut-over. */
  keepOldTableMs: number;
  /** Where runs are recorded. */
  stateDir: string;
  format: 'text' | 'json' | 'markdown' | 'html';
  /** File that the plan or result is written to, instead of standard output. */
  out?: string;
  /** File that events are appended to, as NDJSON, whatever `progress` is. */
  events?: string;
  progress: 'auto' | 'terminal' | 'lines' | 'ndjson' | 'none';
  verbosity: 'quiet' | 'normal' | 'verbose';
  color: boolean;
}
