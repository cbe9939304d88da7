import { setTimeout as sleep } from 'node:timers/promises';
import { type BlockerEnder, blockerEnder } from '../../cut-over/end-blockers.js';
import { waitUntilQuiet } from '../../cut-over/quiet.js';
import type { PlannedAlter } from '../../documents/plan.js';
import type { Blocker } from '../../documents/result.js';
import { readBlockers } from '../../inspect/blockers.js';
import { isClassRefused, isConnectionGone, isLockWaitTimeout } from '../../mysql/errors.js';
import { stageEvents, withSwitchedOn } from '../../mysql/instruments.js';
import { killQuery } from '../../mysql/processlist.js';
import { retryWhileLocked } from '../../mysql/retry-while-locked.js';
import { type Session, withSession } from '../../mysql/session.js';
import { alterSql } from '../../probe/ladder.js';
import type { Settings } from '../../settings/settings.js';
import { quoteTable, tableLabel } from '../../sql/names.js';
import type { EngineContext } from '../engine.js';
import { isAtStatement, listedId, lostAnswer, readStage, runStatement } from './statement.js';

interface DirectFigures {
  attempts: number;
  /** The longest that an attempt waited for its lock without success. */
  longestWaitMs: number;
  /** What the last attempt took, its wait for the lock included. */
  statementMs: number;
  /** Whose connections were ended, since they held the table. */
  ended?: readonly Blocker[];
}

export type DirectEnd = DirectFigures &
  (
    | { end: 'done' }
    /** The real table refuses the class that its clone accepted; nothing was changed. */
    | { end: 'class-refused'; text: string }
    | { end: 'lock-timeout'; blockers: readonly Blocker[] }
    | { end: 'killed' }
    /** The connection was lost while waiting, before an ALTER was sent. */
    | { end: 'not-sent'; text: string }
    | { end: 'refused'; errno: number; text: string }
    /** `connectionId`: by which the server's list has it; absent where that is unknown. */
    | { end: 'lost'; connectionId?: number; text: string }
  );

export type DirectContext = Pick<
  EngineContext,
  'settings' | 'server' | 'emit' | 'signal' | 'hurry' | 'journal'
>;

/**
 * Runs the ALTER with exactly the class that the plan promised. Before each attempt it waits until no old
 * transaction holds the table; an attempt waits for its lock `--lock-wait-timeout` at most; all together stay
 * within `--lock-budget`.
 */
export async function alterDirectly(statement: PlannedAlter, context: DirectContext): Promise<DirectEnd> {
  const { settings } = context;
  const lockWaitTimeoutSeconds = settings.lockWaitTimeoutSeconds;
  const work = () =>
    withSession(settings.connection, {}, (watcher) =>
      withSession(settings.connection, { lockWaitTimeoutSeconds }, (session) =>
        attempts(session, watcher, statement, context),
      ),
    );
  const isLong = (statement.estimate.durationMs?.high ?? Number.POSITIVE_INFINITY) > 2_000;
  return isLong ? withSwitchedOn(settings.connection, stageEvents, work, context.journal) : work();
}

async function attempts(
  session: Session,
  watcher: Session,
  statement: PlannedAlter,
  context: DirectContext,
): Promise<DirectEnd> {
  const { settings, signal } = context;
  const start = performance.now();
  const ender = blockerEnder(settings.killBlockers, context.server, statement.table, context);
  const count = { attempts: 0, longestWaitMs: 0, statementMs: 0, ...(ender && { ended: ender.ended }) };
  let blockers: readonly Blocker[] = [];
  try {
    const listed = await listedId(session);
    return await retryWhileLocked(
      async (): Promise<DirectEnd> => {
        const leftMs = settings.lockBudgetMs - (performance.now() - start);
        const quiet = await quietTable(session, watcher, statement, context, leftMs, ender);
        if (!quiet.quiet) return { ...count, end: 'lock-timeout', blockers: quiet.blockers };
        count.attempts++;
        const began = performance.now();
        const end = await attempt(session, listed, watcher, statement, context, (seen) => {
          blockers = seen;
        });
        count.statementMs = performance.now() - began;
        if (end.end === 'refused' && isLockWaitTimeout(end.error)) {
          count.longestWaitMs = Math.max(count.longestWaitMs, count.statementMs);
          tellAttempt(statement, context, count.attempts, blockers);
          throw end.error;
        }
        if (end.end === 'refused' && isClassRefused(end.error)) {
          return { ...count, end: 'class-refused', text: end.error.message };
        }
        if (end.end === 'refused')
          return { ...count, end: 'refused', errno: end.error.errno, text: end.error.message };
        if (end.end === 'lost') {
          const orphan = listed === undefined ? {} : { connectionId: listed };
          return { ...count, end: 'lost', ...orphan, text: end.error.message };
        }
        return { ...count, end: end.end };
      },
      { budgetMs: settings.lockBudgetMs, signal },
    );
  } catch (error) {
    if (signal.aborted) return { ...count, end: 'killed' };
    if (isLockWaitTimeout(error)) return { ...count, end: 'lock-timeout', blockers };
    // The statement itself does not throw: this was the look at who holds the table.
    if (isConnectionGone(error)) {
      return { ...count, end: 'not-sent', text: error instanceof Error ? error.message : String(error) };
    }
    throw error;
  }
}

function quietTable(
  session: Session,
  watcher: Session,
  { table }: PlannedAlter,
  { server, settings, emit, signal }: DirectContext,
  limitMs: number,
  ender: BlockerEnder | undefined,
) {
  const name = tableLabel(table);
  return waitUntilQuiet(watcher, server, table, {
    ours: [session.connectionId],
    olderThanMs: settings.lockWaitTimeoutSeconds * 1_000, // a younger one is outwaited by the attempt itself
    limitMs: Math.max(0, limitMs),
    signal,
    ...(ender && { onLook: (blockers) => ender.look(watcher, blockers) }),
    onBlockers: (blockers) =>
      emit({
        type: 'blockers',
        table: name,
        text: 'Waiting for an old transaction on the table to end',
        blockers,
      }),
  });
}

/** One ALTER, watched: its stages are reported, and whoever it waits for is remembered. */
async function attempt(
  session: Session,
  listed: number | undefined,
  watcher: Session,
  statement: PlannedAlter,
  { settings, server, emit, signal }: DirectContext,
  onBlockers: (blockers: readonly Blocker[]) => void,
) {
  const { table, clause, spec } = statement;
  const name = tableLabel(table);
  const ended = new AbortController();
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitOf(statement, settings))]);
  const killBy = (killer: Session) => killQuery(killer, session.connectionId);
  // A connection of its own, for the watcher's may be gone when it is needed most; but blocked writers may have
  // taken up all that the server has.
  const kill = () => withSession(settings.connection, {}, killBy).catch(() => killBy(watcher));
  const start = performance.now();
  const watch = async () => {
    for (let percent = 0; !ended.signal.aborted; ) {
      await sleep(500, undefined, { signal: ended.signal }).catch(() => {});
      if (ended.signal.aborted) return;
      onBlockers(
        (await readBlockers(watcher, server, table, [session.connectionId])).filter(
          ({ role }) => role !== 'waits',
        ),
      );
      const stage = await readStage(watcher, session.connectionId);
      percent = Math.max(percent, stage.percent ?? 0);
      const known = stage.percent === undefined ? {} : { percent };
      emit({
        type: 'progress',
        table: name,
        phase: 'apply',
        elapsedMs: Math.round(performance.now() - start),
        ...stage,
        ...known,
      });
    }
  };
  const watching = watch().catch(() => {}); // the watcher lost its connection: the statement itself tells the end
  try {
    const sql = alterSql(quoteTable(table), clause, spec);
    return await Promise.race([
      runStatement(session, kill, sql, limited),
      lostAnswer(settings.connection, listed, isAtStatement(sql), ended.signal),
    ]);
  } finally {
    ended.abort();
    await watching;
  }
}

/**
 * How long an ALTER may run, in milliseconds.
 *
 * An ALTER that takes ten times as long as foreseen, and ten minutes at least, is not what was planned. One that
 * blocks writers was chosen because it would be over within the stall budget: it has three times that.
 */
export function limitOf({ strategy, estimate }: PlannedAlter, settings: Settings): number {
  if (strategy === 'copy') return settings.lockWaitTimeoutSeconds * 1_000 + 3 * settings.stallBudgetMs;
  return Math.min(2 ** 31 - 1, Math.max(600_000, 10 * (estimate.durationMs?.high ?? 0)));
}

function tellAttempt(
  { table }: PlannedAlter,
  { settings, emit }: DirectContext,
  attempt: number,
  blockers: readonly Blocker[],
): void {
  emit({
    type: 'attempt',
    table: tableLabel(table),
    attempt,
    lockWaitSeconds: settings.lockWaitTimeoutSeconds,
    text: `the lock was not free within ${settings.lockWaitTimeoutSeconds} s; trying again`,
    blockers,
  });
}
