import { randomUUID } from 'node:crypto';
import type { Plan } from '../plan/plan.js';
import type { RunResult } from '../plan/result.js';
import { run as conduct } from '../run.js';
import type { Settings } from '../settings/settings.js';
import { type Approved, type Sql, type Statements, statementsOf } from './change.js';
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
