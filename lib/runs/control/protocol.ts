import type { PhaseName, Progress } from '../../documents/event.js';
import type { EngineValues } from '../../settings/engine-values.js';

/** What can be said to a run that goes on: one line of JSON over its socket, answered by one line. */
export type Order =
  | { order: 'status' }
  | { order: 'pause' }
  | { order: 'resume' }
  | { order: 'set'; values: EngineValues }
  | { order: 'cut-over' }
  | { order: 'abort' };

export type Answer =
  /** `text`: what is now true, for people. */
  { ok: true; text: string; now: RunNow } | { ok: false; id: string; text: string; next?: string };

/** What a run is at. */
export interface RunNow {
  /** `schema.table` of the statement that is being worked on; absent between two. */
  table?: string;
  phase?: PhaseName;
  /** What it does or waits for, for people. */
  text?: string;
  /** Of this phase. */
  elapsedMs?: number;
  progress?: Progress;
  /** Who stands in the way, as `connection 12 (user@host)…`, while somebody does. */
  blockers?: readonly string[];
  paused: boolean;
  /** It has been told to stop. */
  stopping: boolean;
  /** How many statements have ended, of how many. */
  ended: number;
  statements: number;
}

/** A line is short; who sends more speaks another language. */
export const longestLine = 10_000;
