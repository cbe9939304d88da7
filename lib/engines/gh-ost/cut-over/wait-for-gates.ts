import { setTimeout as sleep } from 'node:timers/promises';
import { type Closed, firstClosed, type Gate } from '../../../cut-over/gate.js';
import type { PlannedAlter } from '../../../documents/plan.js';
import { tableLabel } from '../../../sql/names.js';
import type { GhostContext, Stop } from '../context.js';
import type { GhostStatus } from '../process/output.js';
import { overBy, type RunningGhost } from '../process/running.js';
import { Watchdog } from '../process/watchdog.js';
import { hasDrifted, isEmptied } from '../tables/original.js';

const pollMs = 500;
/** How often to see whether the table is still the one that was copied. */
const lookMs = 5_000;
/** How often it says that it still waits; CI systems end what is silent. */
const sayAgainMs = 15_000;

/**
 * Waits until all gates are open, and the table is still the one that was copied. Meanwhile it says what it waits for,
 * and looks after gh-ost.
 * @param limits the end of the wait, on a monotonic clock; a signal that aborts also when gh-ost has ended
 * @returns undefined: now; or why there will be no attempt
 */
export async function waitForGates(
  gates: readonly Gate[],
  ghost: RunningGhost,
  statement: PlannedAlter,
  context: GhostContext,
  limits: { deadline: number; signal: AbortSignal },
): Promise<Stop | undefined> {
  const start = performance.now();
  const watchdog = new Watchdog(start, context.watchLimits);
  const say = teller(statement, context, start);
  let lookedAt = start;
  try {
    for (;;) {
      const closed = await firstClosed(gates);
      if (closed === undefined || performance.now() - lookedAt > lookMs) {
        if (await hasDrifted(statement, context)) return { why: 'drifted' };
        lookedAt = performance.now();
      }
      if (closed === undefined && (await isEmptied(statement, context))) return { why: 'emptied' };
      limits.signal.throwIfAborted();
      if (closed === undefined) return undefined;
      if (performance.now() > limits.deadline) {
        return { why: 'lock-timeout', closed, blockers: closed.blockers ?? [] };
      }
      await ghost.postpone();
      const status = await ghost.status();
      const now = performance.now();
      const hung = watchdog.look(status, now);
      if (hung !== undefined && ghost.exit() === undefined) return { why: 'hung', text: hung };
      say(closed, status);
      await sleep(pollMs, undefined, { signal: limits.signal });
    }
  } catch (error) {
    const over = overBy(ghost, context.signal);
    if (over !== undefined) return over;
    throw error;
  }
}

/** Says what it waits for when that changes, and now and then that it still does. */
function teller({ table }: PlannedAlter, { emit }: GhostContext, start: number) {
  const phase = 'wait-cut-over';
  const name = tableLabel(table);
  let said: string | undefined;
  let saidAt = start;
  return ({ id, text, reason = text }: Closed, status: GhostStatus | undefined): void => {
    const now = performance.now();
    const about = `${id} ${reason}`;
    const waiting = `Waiting for ${text}`;
    if (about !== said) emit({ type: 'phase', phase, table: name, text: waiting });
    else if (now - saidAt > sayAgainMs) {
      const elapsedMs = Math.round(now - start);
      const { backlog, heartbeatLagMs: lagMs } = status ?? {};
      const figures = { ...(backlog !== undefined && { backlog }), ...(lagMs !== undefined && { lagMs }) };
      emit({ type: 'progress', table: name, phase, elapsedMs, ...figures, stage: waiting });
    } else return;
    said = about;
    saidAt = now;
  };
}
