import type { Emit } from './progress/event.js';
import type { Settings } from './settings/settings.js';
import type { Statement } from './sql/statement.js';

/** What `plan` and `run` are asked for. */
export interface Request {
  /** What the run is called, in events and results. */
  run: string;
  statements: readonly Statement[];
  settings: Settings;
  emit: Emit;
  /** Aborted: stop, put everything back, and say what is so. */
  signal: AbortSignal;
  /** Aborted as well: stop at once and only say what is left. */
  hurry?: AbortSignal;
}
