import type { Plan } from './plan/plan.js';
import type { RunResult } from './plan/result.js';
import type { Emit } from './progress/event.js';
import type { Settings } from './settings/settings.js';
import type { AlterStatement } from './sql/statement.js';

export interface Request {
  statements: readonly AlterStatement[];
  settings: Settings;
  emit: Emit;
  /** Aborted: stop, put everything back, and say what is so. */
  signal: AbortSignal;
  /** Aborted as well: stop at once and only say what is left. */
  hurry?: AbortSignal;
}

/** Looks at the server and the table, and says what would be done. Changes nothing. */
export async function plan(_request: Request): Promise<Plan> {
  throw new Error('in the making');
}

/** Plans, and then does what the plan says. */
export async function run(_request: Request): Promise<RunResult> {
  throw new Error('in the making');
}
