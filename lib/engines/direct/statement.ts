import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Emit, Progress } from '../../documents/event.js';
import type { Blocker } from '../../documents/result.js';
import {
  isConnectionGone,
  isInterrupted,
  isLockWaitTimeout,
  isServerError,
  type ServerError,
  unlessRefused,
} from '../../mysql/errors.js';
import { killQuery, type Process, readProcesses } from '../../mysql/processlist.js';
import { retryWhileLocked } from '../../mysql/retry-while-locked.js';
import { type Session, withSession } from '../../mysql/session.js';
import type { ConnectionSettings, Settings } from '../../settings/settings.js';

/** How a statement that runs on its own connection ended. */
export type StatementEnd =
  | { end: 'done'; affectedRows: number }
  | { end: 'refused'; error: ServerError }
  /** Killed on our order; the server has rolled it back, or it had just finished. */
  | { end: 'killed' }
  /** What the server did is not known yet. `connectionId`: by which its list has it; absent if unknown. */
  | { end: 'lost'; error: Error; connectionId?: number };

interface Watched {
  connection: ConnectionSettings;
  /** By which the server's list has the session; undefined if unknown: then nothing follows from the list. */
  listedId: number | undefined;
  /** Whether a connection is at the statement. What runs within a CALL has another text than the CALL. */
  isAtIt(process: Process): boolean;
  /** Aborted: the statement is killed. */
  signal: AbortSignal;
  /** Kills if no connection of its own is to be had. */
  killer?: Session;
  /** A connection that works answers within this once its statement is over. */
  lookMs?: number;
}

const killEveryMs = 1_000;
const killLimitMs = 60_000;
const usualLookMs = 5_000;

/**
 * Runs one statement and, when the signal fires, ends it by KILL QUERY from another connection: an ALTER whose
 * client goes away runs on to its end (measured, both servers). If the network has gone silent, it ends as lost.
 */
export async function runStatement(session: Session, sql: string, watched: Watched): Promise<StatementEnd> {
  const settled = new AbortController();
  const id = watched.listedId;
  const lost = (error: Error): StatementEnd => ({
    end: 'lost',
    error,
    ...(id !== undefined && { connectionId: id }),
  });
  const answer = session.execute(sql, { limitMs: Number.POSITIVE_INFINITY }).then(
    ({ affectedRows }): StatementEnd => ({ end: 'done', affectedRows }),
    (error: unknown): StatementEnd => {
      if (isInterrupted(error) && watched.signal.aborted) return { end: 'killed' };
      if (isConnectionGone(error)) return lost(error as Error);
      if (isServerError(error)) return { end: 'refused', error };
      throw error;
    },
  );
  const noAnswer = [
    killHasNoEffect(session.connectionId, watched, settled.signal),
    answerIsLost(watched, settled.signal),
  ];
  try {
    return await Promise.race([answer, ...noAnswer.map(async (why) => lost(new Error(await why)))]);
  } finally {
    settled.abort();
  }
}

/** Resolves only if the order to stop has no effect within its time. */
async function killHasNoEffect(
  connectionId: number,
  { connection, killer, signal }: Watched,
  settled: AbortSignal,
): Promise<string> {
  const either = AbortSignal.any([signal, settled]);
  if (!either.aborted) await once(either, 'abort');
  const killBy = (other: Session) => killQuery(other, connectionId);
  for (const start = performance.now(); !settled.aborted; await pause(killEveryMs, settled)) {
    if (performance.now() - start > killLimitMs) {
      return `KILL QUERY had no effect for ${killLimitMs / 1_000} s`;
    }
    // It may have ended already (1094), or the server be away for a moment: the statement itself tells its end. The
    // killer's own connection may be gone when it is needed most, but blocked writers may have taken up all others.
    await withSession(connection, {}, killBy)
      .catch(() => killer && killBy(killer))
      .catch(() => {});
  }
  return never();
}

/**
 * Resolves only if the server is through with the statement and the answer has not arrived: the network between the two
 * has gone silent, and nothing else would tell. It looks from a connection of its own each time.
 */
async function answerIsLost(
  { connection, listedId, isAtIt, lookMs = usualLookMs }: Watched,
  settled: AbortSignal,
): Promise<string> {
  const look = async (session: Session) =>
    (await readProcesses(session)).some((process) => process.id === listedId && isAtIt(process));
  let idleLooks = 0;
  while (listedId !== undefined && idleLooks < 2 && !settled.aborted) {
    await pause(lookMs, settled);
    // If the server cannot be asked, whoever waits for the statement sees that itself.
    const runs = settled.aborted || (await withSession(connection, {}, look).catch(() => true));
    idleLooks = runs ? 0 : idleLooks + 1;
  }
  if (idleLooks < 2) return never();
  return 'the server is through with the statement, and its answer did not arrive';
}

/** The other side of the race has the answer. */
function never(): Promise<never> {
  return new Promise(() => {});
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {});
}

interface Lookout {
  /** By the clock of `performance`: how long it is waited for. */
  until: number;
  /** Aborted: it is not wanted any more, and is killed. */
  stop: AbortSignal;
  hurry: AbortSignal | undefined;
}

/**
 * Waits until a statement that has lost its client is over: it runs on, and is applied (measured on both servers).
 * @param connectionId absent if unknown: then its text tells as much as can be known
 * @returns whether it is still running
 */
export async function runsOn(
  session: Session,
  sql: string,
  connectionId: number | undefined,
  { until, stop, hurry }: Lookout,
): Promise<boolean> {
  const isAtIt = isAtStatement(sql);
  const isIt = (process: Process) =>
    (connectionId === undefined || process.id === connectionId) && isAtIt(process);
  for (;;) {
    if (!(await readProcesses(session)).some(isIt)) return false;
    if (performance.now() > until || hurry?.aborted) return true;
    // It may have just ended, or the server does not let it be killed: the next look tells.
    if (stop.aborted && connectionId !== undefined) await unlessRefused(killQuery(session, connectionId));
    await sleep(500);
  }
}

/** As many letters of a statement tell it from others of its time, if it does not name its table behind them. */
const beginningLength = 40;
const tableName = /^ALTER TABLE (?:`(?:[^`]|``)+`\.?)+ /;

/** Whether a connection is at this statement, by how its text begins. */
export function isAtStatement(sql: string): (process: Pick<Process, 'statement'>) => boolean {
  const beginning = sql.slice(0, Math.max(beginningLength, tableName.exec(sql)?.[0].length ?? 0));
  return ({ statement }) => statement?.startsWith(beginning) === true;
}

/**
 * The id by which the server's list of processes knows a session. A proxy that has ids of its own (ProxySQL, MaxScale)
 * tells the client one of those: KILL is translated on its way, but the list is the server's. CONNECTION_ID() does not
 * help: the proxy answers it, or the next statement goes by another connection.
 * @returns undefined if the list does not have the session by the id that it was given
 */
export async function listedId(session: Session): Promise<number | undefined> {
  const own = (await readProcesses(session)).find(({ id }) => id === session.connectionId);
  // Another connection may have the number by chance: this one is reading the list.
  return own?.statement?.startsWith('SHOW FULL PROCESSLIST') ? own.id : undefined;
}

/**
 * Sends a statement again while its lock is not free, within `--lock-budget`, and says so.
 * @param seen who held the table when an attempt was last looked at
 */
export function retryTelling<T>(
  subject: string,
  attempt: () => Promise<T>,
  { settings, signal, emit }: { settings: Settings; signal: AbortSignal; emit: Emit },
  seen: { blockers: readonly Blocker[] },
  isLocked = isLockWaitTimeout as (error: unknown) => boolean,
): Promise<T> {
  const lockWaitSeconds = settings.lockWaitTimeoutSeconds;
  const whyAgain = (error: unknown) =>
    isLockWaitTimeout(error) || !isServerError(error)
      ? `the lock was not free within ${lockWaitSeconds} s`
      : error.message;
  return retryWhileLocked(attempt, {
    budgetMs: settings.lockBudgetMs,
    signal,
    isLocked,
    onRetry: (attempt, error) => {
      const text = `${whyAgain(error)}; trying again`;
      emit({ type: 'attempt', table: subject, attempt, lockWaitSeconds, text, ...seen });
    },
  });
}

/**
 * Where the statement of another connection is; empty if the server does not say. Needs the consumer
 * `events_stages_current` (MySQL manual, "Monitoring ALTER TABLE Progress for InnoDB Tables Using Performance
 * Schema").
 */
export async function readStage(session: Session, connectionId: number): Promise<Progress> {
  return (await unlessRefused(stageOf(session, connectionId))) ?? {};
}

async function stageOf(session: Session, connectionId: number): Promise<Progress> {
  const [row] = await session.rows<{ stage: string; done: number | null; total: number | null }>(
    `SELECT e.EVENT_NAME AS stage, e.WORK_COMPLETED AS done, e.WORK_ESTIMATED AS total
       FROM performance_schema.events_stages_current e
       JOIN performance_schema.threads t ON t.THREAD_ID=e.THREAD_ID
      WHERE t.PROCESSLIST_ID=?`,
    [connectionId],
  );
  if (row === undefined) {
    // MariaDB has no stage for the second half of a copy; what the processlist calls it is better than nothing.
    const process = (await readProcesses(session)).find(({ id }) => id === connectionId);
    return process?.state ? { stage: process.state } : {};
  }
  const stage = row.stage.replace(/^stage\/\w+\//, '');
  if (!row.total) return { stage };
  // InnoDB's estimate is reached long before the end (measured): it never says that the work is done.
  return { stage, percent: Math.min(99, Math.floor((100 * Number(row.done)) / Number(row.total))) };
}
