import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedAlter } from '../../documents/plan.js';
import { tableLabel } from '../../sql/names.js';
import { counted } from '../../text/human.js';
import { reasons } from '../reasons.js';
import { compareShadow } from './compare/compare-shadow.js';
import type { GhostContext, Stop, Supervision } from './context.js';
import { cutOver } from './cut-over/cut-over.js';
import { Meter } from './process/meter.js';
import { overBy, type RunningGhost } from './process/running.js';
import { Watchdog } from './process/watchdog.js';
import { hasDrifted } from './tables/original.js';

const pollMs = 500;
/** How often to see whether the table is still the one that is copied. */
const lookMs = 5_000;

/** Watches gh-ost's row copy, and lets it cut over when it is complete. */
export async function supervise(
  ghost: RunningGhost,
  statement: PlannedAlter,
  context: GhostContext,
): Promise<Supervision> {
  const { emit, signal } = context;
  const name = tableLabel(statement.table);
  const start = performance.now();
  const meter = new Meter(statement.estimate.rows);
  const watchdog = new Watchdog(start, context.watchLimits);
  const supervision: Omit<Supervision, 'stop'> = { attempts: 0, heldMs: 0 };
  emit({ type: 'phase', phase: 'copy', table: name, text: `gh-ost copies ${name}` });
  for (let lookedAt = start; ; ) {
    await ghost.postpone();
    const status = await ghost.status();
    const now = performance.now();
    if (status !== undefined) {
      supervision.rowsCopied = status.rowsCopied;
      const progress = meter.measure(status, now);
      emit({ type: 'progress', table: name, phase: 'copy', elapsedMs: Math.round(now - start), ...progress });
    }
    const hung = watchdog.look(status, now);
    const over = overBy(ghost, signal);
    if (over !== undefined) return { ...supervision, stop: over };
    if (hung !== undefined) return { ...supervision, stop: { why: 'hung', text: hung } };
    if (status?.state === 'postponing-cut-over') {
      const unequal = await compared(ghost, statement, context, supervision);
      if (unequal !== undefined) return { ...supervision, stop: unequal };
      const copied = { rows: status.rowsCopied, ms: now - start };
      const ended = await cutOver(ghost, statement, context, copied);
      return { ...supervision, ...ended };
    }
    if (now - lookedAt > lookMs) {
      if (await hasDrifted(statement, context)) return { ...supervision, stop: { why: 'drifted' } };
      lookedAt = now;
    }
    await Promise.race([ghost.exited, sleep(pollMs, undefined, { signal }).catch(() => {})]);
  }
}

/** Before the cut-over the shadow table has to equal the original. @returns why there will be no cut-over */
async function compared(
  ghost: RunningGhost,
  statement: PlannedAlter,
  context: GhostContext,
  supervision: Omit<Supervision, 'stop'>,
): Promise<Stop | undefined> {
  const { emit, signal } = context;
  const table = tableLabel(statement.table);
  try {
    const check = await compareShadow(ghost, statement, context);
    if (!check.checked) {
      // If every row was asked for, or a row copy from before a crash was resumed, it must not go unseen.
      if (context.decisions.checksum === 'full') return { why: 'not-compared', text: check.why };
      emit({
        type: 'warning',
        table,
        ...reasons.notCompared(`The shadow table was not compared: ${check.why}.`),
      });
      return undefined;
    }
    supervision.rowsCompared = check.rowsCompared;
    if (check.differences.length > 0) return { why: 'unequal', differences: check.differences };
    if (check.restless.length > 0) {
      const keys = check.restless.slice(0, 5).join('; ');
      const text = `${counted(check.restless.length, 'row')} could not be compared: written at every look (${keys}).`;
      emit({ type: 'warning', id: 'not-all-compared', table, text });
    }
    return undefined;
  } catch (error) {
    const over = overBy(ghost, signal);
    if (over !== undefined) return over;
    throw error;
  }
}
