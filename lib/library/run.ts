import { randomUUID } from 'node:crypto';
import type { Plan } from '../documents/plan.js';
import type { RunResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { planId } from '../plan/fingerprint.js';
import type { Request } from '../plan/request.js';
import { run as conduct, plan as makePlan } from '../run/run.js';
import type { Settings } from '../settings/settings.js';
import { parseMigration, parseTexts } from '../sql/migration.js';
import type { Statement } from '../sql/statement.js';
import { eventQueue, type RunEvent } from './event-queue.js';

/** What {@link run} is asked for. */
export type RunOptions = (Sql | Statements | Approved) & {
  /** From {@link loadSettings}. */
  settings: Settings;
  /** Aborted: stop, put everything back, and say what is so. */
  signal?: AbortSignal;
  /** Aborted as well: stop at once and only say what is left. */
  hurry?: AbortSignal;
  /**
   * Asks somebody whether to go on with a plan that has to be reviewed. Absent: such a plan is not run, and the
   * result has exit code 3. Its signal is `signal`.
   */
  confirm?: (plan: Plan, signal: AbortSignal) => Promise<boolean>;
};

/** A run that has begun. */
export interface Running {
  /** What it is called: by `alterwise status`, `alterwise abort` and the others, and in its record. */
  id: string;
  /**
   * What happens, for one reader; it ends with the run. A run neither waits for its reader nor needs one: when too
   * many events wait, the oldest go, and a `missed` event says how many. Leaving the loop does not end the run.
   */
  events: AsyncIterableIterator<RunEvent>;
  /**
   * How it ended. Rejects with a {@link Fault} where nothing could be begun, and with the reason of `signal` where
   * that was aborted before; anything else is a defect. A statement that was begun and has failed is no rejection:
   * look at `exitCode`.
   */
  result: Promise<RunResult>;
}

/**
 * Plans everything, and does it, one statement after the other, up to the first that fails.
 *
 * @example
 * ```ts
 * import { loadSettings, run } from 'alterwise';
 *
 * const { settings } = await loadSettings({ flags: { progress: 'none' } });
 * const running = run({ sql: 'ALTER TABLE orders ADD COLUMN note text', settings });
 * for await (const event of running.events) {
 *   if (event.type === 'progress') console.log(event.table, event.percent ?? 'unknown');
 * }
 * const { exitCode, statements } = await running.result;
 * console.log(exitCode, statements[0]?.outcome); // 0 done
 * ```
 */
export function run(options: RunOptions): Running {
  const id = randomUUID();
  const queue = eventQueue();
  const result = begin(id, queue.emit, options).finally(queue.end);
  // Who reads the events first awaits it only later: until then it must not be an unhandled rejection.
  result.catch(() => {});
  return { id, events: queue.events, result };
}

async function begin(
  run: string,
  emit: ReturnType<typeof eventQueue>['emit'],
  options: RunOptions,
): Promise<RunResult> {
  const { settings, signal = new AbortController().signal, hurry, confirm } = options;
  const more = { ...(hurry && { hurry }), ...(confirm && { confirm }) };
  return conduct({ run, ...statementsOf(options), settings, emit, signal, ...more });
}

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

/** Statements as text, with all that a migration file may have: one, or several with `;` between them. */
export interface Sql {
  sql: string;
}

/** Statements that were read before, by `parseStatements` or `parseMigration`. */
export interface Statements {
  statements: readonly Statement[];
}

/** A plan that was approved: run is exactly that, if it still holds. */
export interface Approved {
  plan: Plan;
}

/**
 * What the statements are.
 * @throws {Fault} exit code 2 where it is none that can be run, or the plan is not as it was written
 */
function statementsOf(change: Sql | Statements | Approved): Pick<Request, 'statements' | 'approved'> {
  if ('sql' in change) return { statements: parseMigration(change.sql, 'the SQL') };
  if ('statements' in change) return { statements: change.statements };
  const { plan } = change;
  if (planId(plan.server, plan.statements) !== plan.id) {
    throw new Fault(`The plan was changed after it was made: its id is no longer ${plan.id}.`, {
      id: 'plan-file',
      exitCode: exitCodes.usage,
      next: 'Plan it anew.',
    });
  }
  const texts = plan.statements.map(({ sql }) => sql);
  return { statements: parseTexts(texts, `plan ${plan.id}`), approved: plan };
}
