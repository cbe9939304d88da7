import type { CutOverSettings } from '../settings/settings.js';
import { writeWindow } from '../settings/window.js';

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

export function plannedSwap({ when, window, gate, waitMs, stallTotalMs }: CutOverSettings): PlannedSwap {
  return {
    when,
    ...(window && { window: writeWindow(window) }),
    ...(gate !== undefined && { gate: true }),
    ...(waitMs !== undefined && { waitMs }),
    totalStallMs: stallTotalMs,
  };
}
