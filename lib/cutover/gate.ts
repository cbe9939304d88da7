import type { Blocker } from '../inspect/blockers.js';

/** What a swap can wait for, as results and events name it. */
export type GateId =
  | 'cut-over-manual'
  | 'cut-over-window'
  | 'cut-over-gate'
  | 'stall-budget'
  | 'cut-over-paused'
  | 'cut-over-lag'
  /** Somebody holds the table, or queues for it. */
  | 'cut-over-lock-timeout';

/** Why the tables are not swapped now. */
export interface Closed {
  id: GateId;
  /** What it waits for, so that it can follow "Waiting for". */
  text: string;
  /** The same as long as the reason is; absent: the text changes with it only. */
  reason?: string;
  blockers?: readonly Blocker[];
}

/** Looks whether one of the things holds that a swap needs; undefined where it does. May take some seconds. */
export type Gate = () => Promise<Closed | undefined>;
