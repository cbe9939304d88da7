import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import type { Emit } from '../documents/event.js';
import type { Plan } from '../documents/plan.js';
import type { RunResult } from '../documents/result.js';
import { refuseChanged } from '../plan/approved.js';
import type { Request } from '../plan/request.js';
import { withEventsFile } from '../progress/reporter.js';
import { run as conduct, plan as makePlan } from '../run/run.js';
import { loadSettings as load } from '../settings/load.js';
import type { Settings } from '../settings/settings.js';
import { parseMigration, parseTexts } from '../sql/migration.js';
import type { Statement } from '../sql/statement.js';
import { present } from '../util/present.js';
import { eventQueue, type RunEvent } from './event-queue.js';

/** What {@link run} is asked for. */
export type RunOptions = (Sql | Statements | Approved) & {
  /** From {@link loadSettings}. */
  settings: Settings;
  /** Aborted: stop, and restore everything. */
  signal?: AbortSignal;
  /** Aborted as well: stop at once, and only list what is left behind. */
  hurry?: AbortSignal;
  /**
   * Asks somebody to approve a plan that requires a review. Absent: such a plan does not run, and the result has exit
   * code 3. Its signal is `signal`.
   */
  confirm?: (plan: Plan, signal: AbortSignal) => Promise<boolean>;
};

/** A run that has begun. */
export interface Running {
  /** Its id for `alterwise status`, `alterwise abort` and the others, and in its record. */
  id: string;
  /**
   * What happens, for one reader, until the run ends. A run does not wait for its reader: if too many events are
   * waiting, the oldest are dropped, and a `missed` event says how many. Leaving the loop does not end the run.
   */
  events: AsyncIterableIterator<RunEvent>;
  /**
   * How it ended. Rejects with a {@link Fault} if nothing could be started, and with the reason of `signal` if that was
   * aborted before; anything else is a bug. A statement that failed does not reject: see `exitCode`.
   */
  result: Promise<RunResult>;
}

/**
 * Plans all statements, then runs one after the other until one fails.
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
  const { emit, end, events } = eventQueue();
  const { hurry, confirm } = options;
  const more = present({ hurry, confirm });
  const result = withRequest(id, options, emit, (request) => conduct({ ...request, ...more })).finally(end);
  // A caller may read the events first: until it awaits the result, a rejection must not count as unhandled.
  result.catch(() => {});
  return { id, events, result };
}

async function withRequest<T>(
  run: string,
  options: RunOptions | PlanOptions,
  listener: Emit,
  work: (request: Request) => Promise<T>,
): Promise<T> {
  const { settings, signal = new AbortController().signal } = options;
  const asked = statementsOf(options);
  const { emit, stop } = withEventsFile(settings, run, { emit: listener, stop: () => {} });
  try {
    return await work({ run, ...asked, settings, emit, signal });
  } finally {
    stop();
  }
}

/** What {@link plan} is asked for. */
export type PlanOptions = (Sql | Statements) & {
  /** From {@link loadSettings}. */
  settings: Settings;
  /** Aborted: stop; clones are dropped. */
  signal?: AbortSignal;
};

/**
 * Inspects the server and the tables, and plans the change. Changes nothing.
 *
 * @throws {@link Fault} if the server or the account is not usable, or a statement is wrong; a refused change is part
 *   of the plan. The reason of `signal` if that was aborted.
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
export function plan(options: PlanOptions): Promise<Plan> {
  return withRequest(randomUUID(), options, () => {}, makePlan);
}

/** Statements as text, as in a migration file: one, or several separated by `;`. */
export interface Sql {
  sql: string;
}

/** Statements from `parseStatements` or `parseMigration`. */
export interface Statements {
  statements: readonly Statement[];
}

/** A plan that was approved: exactly that runs, if it still holds. */
export interface Approved {
  plan: Plan;
}

/** @throws {Fault} exit code 2 if the SQL cannot be run, or the plan was modified */
function statementsOf(change: Sql | Statements | Approved): Pick<Request, 'statements' | 'approved'> {
  if ('sql' in change) return { statements: parseMigration(change.sql, 'the SQL') };
  if ('statements' in change) return { statements: change.statements };
  const { plan } = change;
  refuseChanged(plan, 'The plan');
  const texts = plan.statements.map(({ sql }) => sql);
  return { statements: parseTexts(texts, `plan ${plan.id}`), approved: plan };
}

/** Where settings are read from. */
export interface SettingsSources {
  /** Options of the command line, without the dashes in front: `{ host: 'db1', 'lock-budget': '10s' }`. */
  flags?: Readonly<Record<string, unknown>>;
  /** By default that of this process, as are the next two. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  home?: string;
}

/** Settings that {@link plan} and {@link run} take. */
export interface LoadedSettings {
  settings: Settings;
  /** For people: what was read, but should be changed. */
  warnings: readonly string[];
}

/**
 * Reads the settings as the command line does: `flags`, then the environment, the config file, MySQL's option file,
 * and defaults.
 *
 * @throws {@link Fault} `settings` (exit code 2) that lists everything that is wrong.
 *
 * @example
 * ```ts
 * import { Fault, loadSettings } from 'alterwise';
 *
 * const { settings } = await loadSettings({ flags: { strategy: 'direct', 'lock-budget': '10s' } });
 * console.log(settings.lockBudgetMs); // 10000
 * await loadSettings({ flags: { strategy: 'fastest' } }).catch((error: unknown) => {
 *   if (!(error instanceof Fault)) throw error;
 *   console.log(error.id, error.exitCode); // settings 2
 * });
 * ```
 */
export async function loadSettings(sources: SettingsSources = {}): Promise<LoadedSettings> {
  const { flags = {}, env = process.env, cwd = process.cwd(), home = homedir() } = sources;
  const { settings, warnings } = await load({ flags, env, cwd, home });
  return { settings, warnings };
}
