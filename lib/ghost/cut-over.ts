import { setTimeout as sleep } from 'node:timers/promises';
import { type Quiet, waitUntilQuiet } from '../cutover/quiet.js';
import { type Blocker, readBlockers } from '../inspect/blockers.js';
import { withPatientSession } from '../mysql/patient.js';
import { withSession } from '../mysql/session.js';
import type { PlannedAlter } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import { isAsPlanned, readTableState } from '../verify/table-state.js';
import { type AttemptEnd, attempt } from './attempt.js';
import type { Attempts, GhostContext, Stop } from './flight.js';
import type { RunningGhost } from './running.js';

/** A server that restarts is waited for; the copy is still there. */
const patienceMs = 60_000;

/**
 * Releases the postponed cut-over when no old transaction holds the table: one attempt at a time, for gh-ost
 * goes back to postponing after an attempt that fails. The attempts together hold writers for the lock budget at
 * most. Waiting holds nobody up, so a long copy may wait as long again as it took.
 * @param copiedMs how long the copy took
 */
export async function cutOver(
  ghost: RunningGhost,
  statement: PlannedAlter,
  context: GhostContext,
  copiedMs: number,
): Promise<Attempts & { stop: Stop }> {
  const { settings, emit, signal } = context;
  const name = tableLabel(statement.table);
  const deadline = performance.now() + Math.max(settings.lockBudgetMs, copiedMs);
  const count: Attempts = { attempts: 0, heldMs: 0 };
  for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    const text = 'The copy is complete; waiting for a quiet moment to swap';
    emit({ type: 'phase', phase: 'wait-cut-over', table: name, text });
    const notNow = await quietMoment(ghost, statement, context, deadline);
    if (notNow !== undefined) return { ...count, stop: notNow };
    emit({ type: 'phase', phase: 'cut-over', table: name, text: 'Swapping the tables' });
    count.attempts++;
    const began = performance.now();
    const { end, blockers } = await watched(attempt(ghost, context), statement, context);
    const stop = stopAfter(end);
    if (stop !== undefined) return { ...count, stop };
    const heldMs = performance.now() - began;
    count.heldMs += heldMs;
    tellAttempt(name, count.attempts, context, blockers);
    if (count.heldMs + heldMs > settings.lockBudgetMs) {
      return { ...count, stop: { why: 'lock-timeout', blockers } };
    }
    await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
  }
}

function stopAfter(end: AttemptEnd): Stop | undefined {
  if (end === 'postponed-again') return undefined;
  if (end !== 'hung') return { why: end };
  return { why: 'hung', text: 'gh-ost was told to swap the tables, and neither did nor gave up' };
}

/**
 * Waits until nobody is in the way and the table is still the one that was copied.
 * @returns undefined: now; or why there will be no attempt
 */
async function quietMoment(
  ghost: RunningGhost,
  statement: PlannedAlter,
  context: GhostContext,
  deadline: number,
): Promise<Stop | undefined> {
  const { settings, signal } = context;
  const ended = new AbortController();
  void ghost.exited.then(() => ended.abort());
  const either = AbortSignal.any([signal, ended.signal]);
  try {
    // A session of its own each time: a copy takes hours, and connections do not last that long.
    const found = await withPatientSession(
      settings.connection,
      { limitMs: patienceMs, signal: either },
      async (session) => {
        const limitMs = Math.max(0, deadline - performance.now());
        const quiet = await waitUntilQuiet(session, context.server, statement.table, {
          ...waiting(statement, context),
          limitMs,
          signal: either,
        });
        return { quiet, state: await readTableState(session, statement) };
      },
    );
    if (ghost.exit() !== undefined) return { why: 'exited' };
    if (found === undefined) {
      return { why: 'hung', text: `the server could not be asked for ${patienceMs / 1_000} s` };
    }
    if (!isAsPlanned(found.state, statement)) return { why: 'drifted' };
    return lockTimeout(found.quiet);
  } catch (error) {
    if (ghost.exit() !== undefined) return { why: 'exited' };
    if (signal.aborted) return { why: 'aborted' };
    throw error;
  }
}

function lockTimeout(quiet: Quiet): Stop | undefined {
  return quiet.quiet ? undefined : { why: 'lock-timeout', blockers: quiet.blockers };
}

function waiting({ table }: PlannedAlter, { settings, emit }: GhostContext) {
  return {
    olderThanMs: settings.ghost.cutOverLockTimeoutSeconds * 1_000,
    onBlockers: (blockers: readonly Blocker[]) =>
      emit({
        type: 'blockers',
        table: tableLabel(table),
        text: 'The swap waits for an old transaction on the table to end',
        blockers,
      }),
  };
}

function tellAttempt(
  table: string,
  attempt: number,
  { settings, emit }: GhostContext,
  blockers: readonly Blocker[],
): void {
  const lockWaitSeconds = 2 * settings.ghost.cutOverLockTimeoutSeconds;
  const text = 'the swap did not get its lock; going back to waiting';
  emit({ type: 'attempt', table, attempt, lockWaitSeconds, text, blockers });
}

/** Who holds the table while gh-ost waits for it: when it has given up, they may be gone. */
async function watched(
  attempted: Promise<AttemptEnd>,
  { table }: PlannedAlter,
  { settings, server }: GhostContext,
): Promise<{ end: AttemptEnd; blockers: readonly Blocker[] }> {
  let blockers: readonly Blocker[] = [];
  const ended = new AbortController();
  const watch = withSession(settings.connection, {}, async (session) => {
    for (;;) {
      await sleep(400, undefined, { signal: ended.signal });
      const holders = (await readBlockers(session, server, table)).filter(isHolder);
      if (holders.length > 0) blockers = holders;
    }
  }).catch(() => {}); // it ends so, and where the server is away gh-ost is about to tell
  try {
    const end = await attempted;
    return { end, blockers };
  } finally {
    ended.abort();
    await watch;
  }
}

/** gh-ost marks its statements. */
function isHolder({ role, query = '' }: Blocker): boolean {
  return role !== 'waits' && !query.includes('/* gh-ost */');
}
