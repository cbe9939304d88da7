import type { RunNow } from '../../documents/status.js';
import type { EngineValues } from '../../settings/engine-values.js';

/** An order to a running run: one line of JSON over its socket, answered by one line. */
export type Order =
  | { order: 'status' }
  | { order: 'pause' }
  | { order: 'resume' }
  | { order: 'set'; values: EngineValues }
  | { order: 'cut-over' }
  | { order: 'abort' };

export type Answer =
  /** `text`: the new state, for people. */
  { ok: true; text: string; now: RunNow } | { ok: false; id: string; text: string; next?: string };

/** Orders are short; longer input is not an order. */
export const longestLine = 10_000;
