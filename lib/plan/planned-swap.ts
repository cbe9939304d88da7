import type { PlannedSwap } from '../documents/plan.js';
import type { CutOverSettings } from '../settings/settings.js';
import { writeWindow } from '../settings/window.js';

export function plannedSwap({ when, window, gate, waitMs, stallTotalMs }: CutOverSettings): PlannedSwap {
  return {
    when,
    ...(window && { window: writeWindow(window) }),
    ...(gate !== undefined && { gate: true }),
    ...(waitMs !== undefined && { waitMs }),
    totalStallMs: stallTotalMs,
  };
}
