import { setTimeout as sleep } from 'node:timers/promises';
import { isLockWaitTimeout } from '../mysql/errors.js';
import { withPatientSession } from '../mysql/patient.js';
import type { PlannedAlter } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import { isAsPlanned, readTableState } from '../verify/table-state.js';
import { cutOver } from './cut-over.js';
import type { Flight, GhostContext, Stop } from './flight.js';
import { Meter } from './meter.js';
import type { RunningGhost } from './running.js';
import { Watchdog } from './watchdog.js';

const pollMs = 500;
/** How often to see whether the table is still the one that is copied. */
const lookMs = 5_000;

/** Watches a gh-ost copy, and has it swap the tables when it is through. */
export async function pilot(
  ghost: RunningGhost,
  statement: PlannedAlter,
  context: GhostContext,
): Promise<Flight> {
  const { emit, signal } = context;
  const name = tableLabel(statement.table);
  const start = performance.now();
  const meter = new Meter(statement.estimate.rows);
  const watchdog = new Watchdog(start, context.watchLimits);
  const flight: Omit<Flight, 'stop'> = { attempts: 0, heldMs: 0 };
  emit({ type: 'phase', phase: 'copy', table: name, text: `gh-ost copies ${name}` });
  for (let lookedAt = start; ; ) {
    const status = await ghost.status();
    const now = performance.now();
    if (status !== undefined) {
      flight.rowsCopied = status.rowsCopied;
      const progress = meter.measure(status, now);
      emit({ type: 'progress', table: name, phase: 'copy', elapsedMs: Math.round(now - start), ...progress });
    }
    const hung = status === undefined ? watchdog.silence(now) : watchdog.sign(status, now);
    const stop = stopNow(ghost, signal, hung);
    if (stop !== undefined) return { ...flight, stop };
    if (status?.state === 'postponing-cut-over') {
      const swap = await cutOver(ghost, statement, context, now - start);
      return { ...flight, ...swap };
    }
    if (now - lookedAt > lookMs) {
      if (await hasDrifted(statement, context)) return { ...flight, stop: { why: 'drifted' } };
      lookedAt = now;
    }
    await Promise.race([ghost.exited, sleep(pollMs, undefined, { signal }).catch(() => {})]);
  }
}

function stopNow(ghost: RunningGhost, signal: AbortSignal, hung: string | undefined): Stop | undefined {
  if (ghost.exit() !== undefined) return { why: 'exited' };
  if (signal.aborted) return { why: 'aborted' };
  return hung === undefined ? undefined : { why: 'hung', text: hung };
}

/**
 * gh-ost does not notice that the table was changed or dropped until a row of it is written, or for minutes. A
 * look that fails says nothing: the server may be away, or an ALTER hold the table.
 */
async function hasDrifted(statement: PlannedAlter, { settings }: GhostContext): Promise<boolean> {
  try {
    const state = await withPatientSession(settings.connection, { limitMs: 0 }, (session) =>
      readTableState(session, statement),
    );
    return state !== undefined && !isAsPlanned(state, statement);
  } catch (error) {
    if (isLockWaitTimeout(error)) return false;
    throw error;
  }
}
