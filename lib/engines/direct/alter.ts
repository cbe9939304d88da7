import { setTimeout as sleep } from 'node:timers/promises';
import { blockerEnder } from '../../cut-over/end-blockers.js';
import { waitUntilQuiet } from '../../cut-over/quiet.js';
import type { Ending } from '../../documents/ending.js';
import type { Emit } from '../../documents/event.js';
import type { PlannedAlter } from '../../documents/plan.js';
import type { Blocker } from '../../documents/result.js';
import { readBlockers } from '../../inspect/blockers.js';
import { unseenHolders } from '../../inspect/unseen-holders.js';
import { isClassRefused, isConnectionGone, isLockWaitTimeout, isServerError } from '../../mysql/errors.js';
import { stageEvents, withSwitchedOn } from '../../mysql/instruments.js';
import { lookAfterwards, type Session, withSession } from '../../mysql/session.js';
import { alterSql } from '../../probe/trial.js';
import { quoteTable, tableLabel } from '../../sql/names.js';
import { readTableState } from '../../verify/definition.js';
import type { ClassRefused, EngineContext } from '../engine.js';
import { type HistoryEnd, noteHistory } from './history.js';
import { isOnlineDuplicate } from './online-duplicate.js';
import { type DirectEnd, decide, historyDiffers, type SeenState } from './outcome.js';
import { isAtStatement, listedId, readStage, retryTelling, runStatement, runsOn } from './statement.js';

/** Runs a direct ALTER, and then reads the definition again. */
export async function runDirectly(
  statement: PlannedAlter,
  context: EngineContext,
): Promise<Ending | ClassRefused> {
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const table = tableLabel(statement.table);
  const { emit, signal } = context;
  emit({
    type: 'phase',
    phase: 'apply',
    table,
    text: `ALTER TABLE ${table} ${statement.clause ?? ''}`.trim(),
  });
  const readHistoryAgain = await noteHistory(statement, context);
  const end = await alter(statement, context);
  if (end.end === 'refused' && isClassRefused(end.error)) return { classRefused: end.error.message };
  if (end.end === 'refused' && isOnlineDuplicate(statement, end.error)) {
    // Under a stronger lock, or through gh-ost, other sessions do not get in the way.
    return { classRefused: `${end.error.message}, which another session tried to insert` };
  }
  const durationMs = Math.round(performance.now() - start);
  emit({ type: 'phase', phase: 'verify', table, text: `Reading the definition of ${table} again` });
  const state = await look(statement, context, end);
  const ended = decide(statement, end, state, { startedAt, durationMs }, signal.aborted);
  if (ended.outcome !== 'done' || readHistoryAgain === undefined) return ended;
  return withHistory(ended, await readHistoryAgain(), table, emit);
}

/** The table is as planned; its history has to be the same as well. */
function withHistory(ended: Ending, history: HistoryEnd, table: string, emit: Emit): Ending {
  if (history === 'different') return historyDiffers(ended, table);
  if (history === 'unknown') {
    const text = 'The history of the rows was not compared: it could not be read within the time limit.';
    emit({ type: 'warning', id: 'history-unknown', table, text });
  }
  return ended;
}

/**
 * Runs the ALTER with exactly the class that the plan promised. Before each attempt it waits until no old
 * transaction holds the table; an attempt waits for its lock `--lock-wait-timeout` at most; all together stay
 * within `--lock-budget`.
 */
async function alter(statement: PlannedAlter, context: EngineContext): Promise<DirectEnd> {
  const { connection, lockWaitTimeoutSeconds } = context.settings;
  const work = () =>
    withSession(connection, {}, (watcher) =>
      withSession(connection, { lockWaitTimeoutSeconds }, (session) =>
        attempts(session, watcher, statement, context),
      ),
    );
  const isLong = (statement.estimate.durationMs?.high ?? Number.POSITIVE_INFINITY) > 2_000;
  return isLong ? withSwitchedOn(connection, stageEvents, work, context.journal) : work();
}

async function attempts(
  session: Session,
  watcher: Session,
  statement: PlannedAlter,
  context: EngineContext,
): Promise<DirectEnd> {
  const { settings, server, emit, signal } = context;
  const { table } = statement;
  const name = tableLabel(table);
  const start = performance.now();
  const ender = blockerEnder(settings.killBlockers, server, table, context);
  const figures = { attempts: 0, longestWaitMs: 0, statementMs: 0, ended: ender?.ended ?? [] };
  const seen: { blockers: readonly Blocker[] } = { blockers: [] };
  let duplicates = 0;
  const attempt = async (listed: number | undefined): Promise<DirectEnd> => {
    const inTheWay = await waitUntilQuiet(watcher, server, table, {
      ours: [session.connectionId],
      olderThanMs: settings.lockWaitTimeoutSeconds * 1_000, // a younger one is outwaited by the attempt itself
      limitMs: Math.max(0, settings.lockBudgetMs - (performance.now() - start)),
      emit,
      signal,
      ender,
    });
    if (inTheWay.length > 0) return { ...figures, end: 'lock-timeout', blockers: inTheWay };
    figures.attempts++;
    const began = performance.now();
    const end = await watched(session, listed, watcher, statement, context, seen);
    figures.statementMs = performance.now() - began;
    if (end.end === 'refused' && isLockWaitTimeout(end.error)) {
      figures.longestWaitMs = Math.max(figures.longestWaitMs, figures.statementMs);
      throw end.error;
    }
    if (end.end === 'refused' && isOnlineDuplicate(statement, end.error)) {
      duplicates++;
      if (duplicates < mostDuplicates) throw end.error;
    }
    return { ...figures, ...end };
  };
  const isPassing = (error: unknown) =>
    isLockWaitTimeout(error) || (isServerError(error) && isOnlineDuplicate(statement, error));
  try {
    const listed = await listedId(session);
    return await retryTelling(name, () => attempt(listed), context, seen, isPassing);
  } catch (error) {
    if (signal.aborted) return { ...figures, end: 'killed' };
    if (isLockWaitTimeout(error)) {
      const unseen = seen.blockers.length === 0 ? await unseenHolders(settings.connection) : [];
      return { ...figures, end: 'lock-timeout', ...seen, unseen };
    }
    if (isServerError(error) && isPassing(error)) return { ...figures, end: 'refused', error };
    // The statement itself does not throw: this was the look at who holds the table.
    if (isConnectionGone(error)) return { ...figures, end: 'not-sent', error: error as Error };
    throw error;
  }
}

/** One ALTER, watched: its stages are reported, and whoever it waits for is remembered. */
async function watched(
  session: Session,
  listed: number | undefined,
  watcher: Session,
  statement: PlannedAlter,
  context: EngineContext,
  seen: { blockers: readonly Blocker[] },
) {
  const { server, emit, settings, signal } = context;
  const { table } = statement;
  const id = session.connectionId;
  const ended = new AbortController();
  const start = performance.now();
  const watch = async () => {
    for (let highest = 0; ; ) {
      await sleep(500, undefined, { signal: ended.signal });
      const all = await readBlockers(watcher, server, table, [id]);
      seen.blockers = all.filter(({ role }) => role !== 'waits');
      const stage = await readStage(watcher, id);
      highest = Math.max(highest, stage.percent ?? 0);
      emit({
        type: 'progress',
        table: tableLabel(table),
        phase: 'apply',
        elapsedMs: Math.round(performance.now() - start),
        ...stage,
        ...(stage.percent !== undefined && { percent: highest }),
      });
    }
  };
  // It ends so, or the watcher has lost its connection: the statement itself tells the end.
  const watching = watch().catch(() => {});
  const sql = sqlOf(statement);
  try {
    return await runStatement(session, sql, {
      connection: settings.connection,
      listedId: listed,
      isAtIt: isAtStatement(sql),
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitOf(statement, context))]),
      killer: watcher,
    });
  } finally {
    ended.abort();
    await watching;
  }
}

function sqlOf({ table, clause, spec }: PlannedAlter): string {
  return alterSql(quoteTable(table), clause, spec);
}

/**
 * How long an ALTER may run, in milliseconds.
 *
 * An ALTER that takes ten times as long as foreseen, and ten minutes at least, is not what was planned. One that
 * blocks writers was chosen because it would be over within the stall budget: it has three times that.
 */
function limitOf({ strategy, estimate }: PlannedAlter, { settings }: EngineContext): number {
  if (strategy === 'copy') return settings.lockWaitTimeoutSeconds * 1_000 + 3 * settings.stallBudgetMs;
  return Math.min(2 ** 31 - 1, Math.max(600_000, 10 * (estimate.durationMs?.high ?? 0)));
}

/** If other sessions have made so many attempts fail, the next will hardly be luckier. */
const mostDuplicates = 3;

/** How long to look for an ALTER that runs on without its client. */
const orphanLimitMs = 600_000;

/** @returns undefined if the server cannot be asked within the limit, or does not answer this account any more */
async function look(
  statement: PlannedAlter,
  context: EngineContext,
  end: DirectEnd,
): Promise<SeenState | undefined> {
  const { settings, signal, hurry } = context;
  const leftMs = Math.max(0, Math.round(limitOf(statement, context) - end.statementMs));
  const lookout = {
    until: performance.now() + orphanLimitMs,
    stop: AbortSignal.any([signal, AbortSignal.timeout(leftMs)]),
    hurry,
  };
  return lookAfterwards(
    settings.connection,
    { hurry, lockWaitTimeoutSeconds: 30 },
    async (session): Promise<SeenState> =>
      end.end === 'lost' && (await runsOn(session, sqlOf(statement), end.connectionId, lookout))
        ? { state: 'still-running' }
        : readTableState(session, statement),
  );
}
