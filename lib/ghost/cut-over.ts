import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntilQuiet } from '../cutover/quiet.js';
import { type Blocker, readBlockers } from '../inspect/blockers.js';
import { withSession } from '../mysql/session.js';
import type { PlannedStatement } from '../plan/plan.js';
import type { GhostContext } from './migrate.js';
import type { RunningGhost } from './running.js';

export type CutOver =
  /** gh-ost has ended; what it did is in the schema. */
  | { end: 'exited'; attempts: number; heldMs: number }
  | { end: 'lock-timeout'; attempts: number; heldMs: number; blockers: readonly Blocker[] };

/**
 * Releases the postponed cut-over when no old transaction holds the table: one attempt at a time, for gh-ost
 * goes back to postponing after an attempt that fails. The attempts together hold writers for the lock budget at
 * most. Waiting holds nobody up, so a long copy may wait as long again as it took.
 * @param copiedMs how long the copy took
 */
export async function cutOver(
  ghost: RunningGhost,
  statement: PlannedStatement,
  context: GhostContext,
  copiedMs: number,
): Promise<CutOver> {
  const { settings, emit, signal } = context;
  const { table } = statement;
  const name = `${table.schema}.${table.name}`;
  const start = performance.now();
  const limitMs = Math.max(settings.lockBudgetMs, copiedMs);
  const count = { attempts: 0, heldMs: 0 };
  for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    emit({
      type: 'phase',
      phase: 'wait-cut-over',
      table: name,
      text: 'The copy is complete; waiting for a quiet moment to swap',
    });
    const leftMs = limitMs - (performance.now() - start);
    const quiet = await untilQuietOrExit(ghost, statement, context, Math.max(0, leftMs));
    if (ghost.exit() !== undefined) return { end: 'exited', ...count };
    if (!quiet.quiet) return { end: 'lock-timeout', ...count, blockers: quiet.blockers };
    emit({ type: 'phase', phase: 'cut-over', table: name, text: 'Swapping the tables' });
    count.attempts++;
    const began = performance.now();
    await ghost.command('cut-over');
    if (await attemptEnds(ghost, settings.ghost.cutOverLockTimeoutSeconds))
      return { end: 'exited', ...count };
    const heldMs = performance.now() - began;
    count.heldMs += heldMs;
    const blockers = await readNow(statement, context);
    const text = 'the swap did not get its lock; going back to waiting';
    emit({
      type: 'attempt',
      table: name,
      attempt: count.attempts,
      lockWaitSeconds: 2 * settings.ghost.cutOverLockTimeoutSeconds,
      text,
      blockers,
    });
    if (count.heldMs + heldMs > settings.lockBudgetMs) return { end: 'lock-timeout', ...count, blockers };
    await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal });
  }
}

/** A session of its own each time: a copy takes hours, and connections do not last that long. */
async function untilQuietOrExit(
  ghost: RunningGhost,
  { table }: PlannedStatement,
  { settings, server, emit, signal }: GhostContext,
  limitMs: number,
) {
  const ended = new AbortController();
  const onExit = ghost.exited.then(() => ended.abort());
  try {
    return await withSession(settings.connection, {}, (session) =>
      waitUntilQuiet(session, server, table, {
        olderThanMs: settings.ghost.cutOverLockTimeoutSeconds * 1_000,
        limitMs,
        signal: AbortSignal.any([signal, ended.signal]),
        onBlockers: (blockers) =>
          emit({
            type: 'blockers',
            table: `${table.schema}.${table.name}`,
            text: 'The swap waits for an old transaction on the table to end',
            blockers,
          }),
      }),
    );
  } catch (error) {
    if (ended.signal.aborted) return { quiet: true } as const;
    throw error;
  } finally {
    void onExit;
  }
}

/**
 * An attempt waits for its lock for twice the timeout, and then drains its backlog for as long; it has failed
 * when gh-ost says that it is postponing again.
 * @returns true where gh-ost has ended
 */
async function attemptEnds(ghost: RunningGhost, timeoutSeconds: number): Promise<boolean> {
  const start = performance.now();
  const limitMs = 5_000 * timeoutSeconds + 20_000;
  while (performance.now() - start < limitMs) {
    await Promise.race([ghost.exited, sleep(300)]);
    if (ghost.exit() !== undefined) return true;
    // The first second may still show the state from before the command.
    const status = performance.now() - start > 1_000 ? await ghost.status() : undefined;
    if (status?.state === 'postponing-cut-over') return false;
  }
  return ghost.exit() !== undefined;
}

function readNow({ table }: PlannedStatement, { settings, server }: GhostContext): Promise<Blocker[]> {
  return withSession(settings.connection, {}, async (session) => {
    const all = await readBlockers(session, server, table);
    return all.filter(({ role, ageMs }) => role !== 'waits' && (ageMs ?? 0) > 500);
  });
}
