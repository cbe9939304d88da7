import type { Difference } from '../../compare/compare.js';
import type { Closed } from '../../cut-over/gate.js';
import type { Emit } from '../../documents/event.js';
import type { Blocker } from '../../documents/result.js';
import type { ServerFacts } from '../../inspect/server.js';
import type { Journal, Steering } from '../../runs/steering.js';
import type { Settings } from '../../settings/settings.js';
import type { WatchLimits } from './process/watchdog.js';
import type { Befallen, Original } from './tables/original.js';

/** All that a migration by gh-ost needs besides what it is to change. */
export interface GhostContext {
  settings: Settings;
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
  /** Until the end of the wait something was missing for the swap. */
  | { why: 'lock-timeout'; closed: Closed; blockers: readonly Blocker[] }
  /** alterwise itself could not go on. */
  | { why: 'broken'; error: unknown };

export interface Attempts {
  attempts: number;
  /** How long attempts may have held writers, all together. */
  heldMs: number;
  /** Whose connections were ended, since they held the table. */
  ended?: readonly Blocker[];
}

/** A gh-ost from its start until alterwise leaves the controls. */
export interface Flight extends Attempts {
  stop: Stop;
  rowsCopied?: number;
  /** Of the copy with the original, before the swap. */
  rowsCompared?: number;
}

/** How gh-ost ended, by what stands in the schema afterwards, not by its exit code. */
export type GhostEnd = GhostFigures &
  /** `whole`: gh-ost lived through the swap; else rows written in that moment may be in the old table only. */
  (
    | {
        end: 'swapped';
        oldTable: string;
        whole: boolean;
        /** What somebody else did to the original behind the last look at it, in the instant before gh-ost's lock. */
        late?: Befallen;
      }
    | { end: 'lock-timeout'; closed: Closed; blockers: readonly Blocker[] }
    | { end: 'aborted' }
    /** Somebody else has changed the table, or dropped it. */
    | { end: 'drifted' }
    /** Somebody else has emptied the table, or rebuilt it: the copy may hold rows that are gone. */
    | { end: 'emptied' }
    /** Rows of the copy were not those of the original; the copy is gone. */
    | { end: 'unequal'; differences: readonly Difference[] }
    /** The copy could not be held against the original, as was asked; it is gone. */
    | { end: 'not-compared'; text: string }
    | { end: 'failed'; text: string }
    /** The server could not be asked. */
    | { end: 'unknown'; text: string }
  );

export interface GhostFigures {
  rowsCopied?: number;
  rowsCompared?: number;
  attempts: number;
  /** What is left beside the table, as `schema.table`. */
  left: readonly string[];
  /** How long writers were held in cut-overs, as far as it was measured. */
  stallMs?: number;
  /** In all cut-overs together. */
  totalStallMs?: number;
  /** Whose connections were ended, since they held the table. */
  ended?: readonly Blocker[];
}
