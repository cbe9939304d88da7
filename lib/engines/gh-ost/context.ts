import type { Difference } from '../../compare/differences.js';
import type { Closed } from '../../cut-over/gate.js';
import type { Emit } from '../../documents/event.js';
import type { Blocker } from '../../documents/result.js';
import type { ServerFacts } from '../../inspect/server.js';
import type { Journal, Steering } from '../../runs/steering.js';
import type { CutOverSettings, GhostSettings, KillSettings, Settings } from '../../settings/settings.js';
import type { WatchLimits } from './process/watchdog.js';
import type { Original } from './tables/original.js';

/** What was decided for one migration once the settings had been read: they are the rule, and a rehearsal is an exception. */
export interface GhostDecisions {
  /** How much of the shadow table is compared with the original: all of it after a crash, nothing in a rehearsal. */
  checksum: GhostSettings['checksum'];
  /** The replicas whose lag pauses the row copy, `host:port` each. */
  throttleReplicas: readonly string[];
  cutOver: CutOverSettings;
  killBlockers: KillSettings;
  /** How long a complete row copy waits for its cut-over at the least. */
  lockBudgetMs: number;
}

/** What the settings say; whose lag pauses the row copy is found out if they do not say. */
export function decisionsFrom({ ghost, cutOver, killBlockers, lockBudgetMs }: Settings): GhostDecisions {
  const { checksum, throttleReplicas = [] } = ghost;
  return { checksum, throttleReplicas, cutOver, killBlockers, lockBudgetMs };
}

/** All that a migration by gh-ost needs besides what it is to change. */
export interface GhostContext {
  settings: Settings;
  decisions: GhostDecisions;
  server: ServerFacts;
  ghost: { path: string; version: string };
  emit: Emit;
  signal: AbortSignal;
  hurry?: AbortSignal;
  /** Absent: nobody can steer it, as in a rehearsal. */
  steering?: Steering;
  /** The run that it belongs to; absent in a rehearsal, which is gone with its own clone. */
  journal?: Journal;
  /** The table as it was before gh-ost was started. */
  original?: Original;
  /** Absent: those of the watchdog itself. */
  watchLimits?: WatchLimits;
}

/** Why alterwise has left the controls of a gh-ost. */
export type Stop =
  /** It has ended by itself; what it did is in the schema. */
  | { why: 'exited' }
  | { why: 'aborted' }
  | { why: 'hung'; text: string }
  /** Somebody else has changed the table, or dropped it. */
  | { why: 'drifted' }
  /** Somebody else has emptied the table, or rebuilt it. */
  | { why: 'emptied' }
  /** Rows of the copy are not those of the original. */
  | { why: 'unequal'; differences: readonly Difference[] }
  /** It was asked that every row be compared, and that could not be done. */
  | { why: 'not-compared'; text: string }
  /** Until the end of the wait something was missing for the cut-over. */
  | { why: 'lock-timeout'; closed: Closed; blockers: readonly Blocker[] }
  /** alterwise itself could not continue. */
  | { why: 'broken'; error: unknown };

export interface Attempts {
  attempts: number;
  /** How long attempts may have held writers, all together. */
  heldMs: number;
  /** Whose connections were ended, since they held the table. */
  ended?: readonly Blocker[];
}

/** A gh-ost from its start until alterwise leaves the controls. */
export interface Supervision extends Attempts {
  stop: Stop;
  rowsCopied?: number;
  /** Of the original table with the shadow table, before the cut-over. */
  rowsCompared?: number;
}
