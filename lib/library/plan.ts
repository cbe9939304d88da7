import { randomUUID } from 'node:crypto';
import type { Plan } from '../plan/plan.js';
import { plan as makePlan } from '../run.js';
import type { Settings } from '../settings/settings.js';
import { type Sql, type Statements, statementsOf } from './change.js';

/** What {@link plan} is asked for. */
export type PlanOptions = (Sql | Statements) & {
  /** From {@link loadSettings}. */
  settings: Settings;
  /** Aborted: stop; what was made to find out is dropped. */
  signal?: AbortSignal;
};

/**
 * Looks at the server and the tables, and says what would be done. Changes nothing.
 *
 * @throws {@link Fault} where the server or the account cannot serve, or a statement is wrong; that a change is
 *   refused stands in the plan. The reason of `signal` where that was aborted.
 *
 * @example
 * ```ts
 * import { loadSettings, plan } from 'alterwise';
 *
 * const { settings } = await loadSettings();
 * const planned = await plan({ sql: 'ALTER TABLE orders ADD COLUMN note text', settings });
 * console.log(planned.statements[0]?.strategy, planned.review.required); // instant false
 * ```
 */
export async function plan(options: PlanOptions): Promise<Plan> {
  const { settings, signal = new AbortController().signal } = options;
  return makePlan({ run: randomUUID(), ...statementsOf(options), settings, emit: () => {}, signal });
}
