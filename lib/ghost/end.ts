import type { Closed } from '../cutover/gate.js';
import type { Blocker } from '../inspect/blockers.js';
import type { Difference } from '../verify/rows/compare-copy.js';
import type { Befallen } from './tables/original.js';

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
