import { setTimeout as sleep } from 'node:timers/promises';
import { blockerEnder } from '../../../cut-over/end-blockers.js';
import { noLock } from '../../../cut-over/gate.js';
import type { PlannedAlter } from '../../../documents/plan.js';
import type { Blocker } from '../../../documents/result.js';
import { readBlockers } from '../../../inspect/blockers.js';
import { withSession } from '../../../mysql/session.js';
import { tableLabel } from '../../../sql/names.js';
import type { Attempts, GhostContext, GhostDecisions, Stop } from '../context.js';
import type { RunningGhost } from '../process/running.js';
import { type AttemptEnd, attempt, recordUpcomingCutOver } from './attempt.js';
import { type Copied, cutOverGates } from './gates.js';
import { waitForGates } from './wait-for-gates.js';

/** If somebody or something else decides when to cut over, a complete row copy waits for them overnight. */
const gatedWaitMs = 24 * 3_600_000;

/**
 * Releases the postponed cut-over when all gates are open: one attempt at a time, for gh-ost goes back to postponing
 * after an attempt that fails. Waiting holds nobody up, so a long copy may wait as long again as it took.
 */
export async function cutOver(
  ghost: RunningGhost,
  statement: PlannedAlter,
  context: GhostContext,
  copied: Copied,
): Promise<Attempts & { stop: Stop }> {
  const { decisions, emit, signal, steering } = context;
  const name = tableLabel(statement.table);
  const deadline = performance.now() + waitMs(decisions, copied.ms);
  const count = { attempts: 0, heldMs: 0 };
  const ender = blockerEnder(decisions.killBlockers, context.server, statement.table, {
    emit,
    pids: [ghost.pid],
  });
  const endOf = (stop: Stop) => ({ ...count, ...(ender && { ended: ender.ended }), stop });
  const ended = new AbortController();
  void ghost.exited.then(() => ended.abort());
  const either = AbortSignal.any([signal, ended.signal]);
  const gates = cutOverGates(ghost, statement, context, {
    copied,
    deadline,
    stall: count,
    signal: either,
    ender,
  });
  const wait = (text: string) => emit({ type: 'phase', phase: 'wait-cut-over', table: name, text });
  wait('The row copy is complete; looking for the moment to cut over');
  let met: readonly Blocker[] = [];
  for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    const notNow = await waitForGates(gates, ghost, statement, context, { deadline, signal: either });
    if (notNow?.why === 'lock-timeout' && notNow.closed.id === 'stall-budget') {
      return endOf({ ...notNow, blockers: met });
    }
    if (notNow !== undefined) return endOf(notNow);
    if (count.attempts === 0) await recordUpcomingCutOver(ghost, statement, context);
    if (steering?.paused) continue;
    emit({ type: 'phase', phase: 'cut-over', table: name, text: 'Cutting over' });
    if (steering !== undefined) steering.cutOverAsked = false;
    count.attempts++;
    const began = performance.now();
    const { end, blockers } = await watched(attempt(ghost, context), statement, context);
    count.heldMs = ghost.log.totalHeldMs ?? count.heldMs + performance.now() - began;
    const stop = stopAfter(end);
    if (stop !== undefined) return endOf(stop);
    met = blockers;
    tellAttempt(name, count.attempts, context, blockers);
    wait('Looking for the next moment to cut over');
    if (performance.now() > deadline)
      return endOf({ why: 'lock-timeout', closed: noLock('the lock on the table'), blockers });
    await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal: either }).catch(() => {});
  }
}

function waitMs({ cutOver, lockBudgetMs }: GhostDecisions, copiedMs: number): number {
  const isGated = cutOver.when === 'manual' || cutOver.window !== undefined || cutOver.gate !== undefined;
  return cutOver.waitMs ?? (isGated ? gatedWaitMs : Math.max(lockBudgetMs, copiedMs));
}

function stopAfter(end: AttemptEnd): Stop | undefined {
  if (end === 'postponed-again') return undefined;
  if (end !== 'hung') return { why: end };
  return { why: 'hung', text: 'gh-ost was told to cut over, and neither did nor gave up' };
}

function tellAttempt(
  table: string,
  attempt: number,
  { settings, emit }: GhostContext,
  blockers: readonly Blocker[],
): void {
  const lockWaitSeconds = 2 * settings.ghost.cutOverLockTimeoutSeconds;
  const text = 'the cut-over did not get its lock; waiting again';
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
