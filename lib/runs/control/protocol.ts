import type { PhaseName, Progress } from '../../documents/event.js';
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

/** What a run is doing. */
export interface RunNow {
  /** `schema.table` of the current statement; absent between two. */
  table?: string;
  phase?: PhaseName;
  /** What it is doing or waiting for, for people. */
  text?: string;
  /** Of this phase. */
  elapsedMs?: number;
  progress?: Progress;
  /** Who blocks it, as `connection 12 (user@host)…`. */
  blockers?: readonly string[];
  paused: boolean;
  /** It was asked to stop. */
  stopping: boolean;
  /** How many statements have ended, of how many. */
  ended: number;
  statements: number;
}

/** Orders are short; longer input is not an order. */
export const longestLine = 10_000;
