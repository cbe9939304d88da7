import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../documents/event.js';
import { isConnectionGone, isInterrupted, isServerError } from '../../mysql/errors.js';
import { type Process, readProcesses } from '../../mysql/processlist.js';
import { type Session, withSession } from '../../mysql/session.js';
import type { ConnectionSettings } from '../../settings/settings.js';

/** How a statement that runs on its own connection ended. */
export type StatementEnd =
  | { end: 'done'; affectedRows: number }
  | { end: 'refused'; error: Error & { errno: number } }
  /** Killed on our order; the server has rolled it back, or it had just finished. */
  | { end: 'killed' }
  /** The connection is gone: what the server did is not known yet. */
  | { end: 'lost'; error: Error };

const killEveryMs = 1_000;
const killLimitMs = 60_000;

/**
 * Runs one statement and, when the signal fires, ends it by KILL QUERY from another connection: an ALTER whose
 * client goes away runs on to its end (measured, both servers).
 * @param kill sends KILL QUERY for the session; rejects where the server cannot be asked
 */
export async function runStatement(
  session: Session,
  kill: () => Promise<void>,
  sql: string,
  signal: AbortSignal,
): Promise<StatementEnd> {
  const settled = new AbortController();
  const statement = session.execute(sql, { limitMs: Number.POSITIVE_INFINITY }).then(
    ({ affectedRows }): StatementEnd => ({ end: 'done', affectedRows }),
    (error: unknown) => endOf(error, signal),
  );
  const ended = statement.finally(() => settled.abort());
  try {
    return await Promise.race([ended, killed(kill, signal, settled.signal)]);
  } finally {
    settled.abort();
  }
}

function endOf(error: unknown, signal: AbortSignal): StatementEnd {
  if (isInterrupted(error) && signal.aborted) return { end: 'killed' };
  if (isConnectionGone(error)) return { end: 'lost', error: error as Error };
  if (isServerError(error)) return { end: 'refused', error };
  throw error;
}

/** Resolves only where the order to stop finds no hearing within its time. */
async function killed(
  kill: () => Promise<void>,
  signal: AbortSignal,
  settled: AbortSignal,
): Promise<StatementEnd> {
  await fired(signal, settled);
  const start = performance.now();
  while (!settled.aborted && performance.now() - start < killLimitMs) {
    // It may have ended already (1094), or the server be away for a moment: the statement itself tells its end.
    await kill().catch(() => {});
    await sleep(killEveryMs, undefined, { signal: settled }).catch(() => {});
  }
  if (settled.aborted) return new Promise(() => {}); // the other side of the race has the answer
  return {
    end: 'lost',
    error: new Error(`KILL QUERY had no effect for ${killLimitMs / 1_000} s`),
  };
}

/** The first of the two; never, where the statement ends first. */
function fired(signal: AbortSignal, settled: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const onAbort = () => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    settled.addEventListener('abort', () => signal.removeEventListener('abort', onAbort), { once: true });
  });
}

/** A connection that works answers within this once its statement is over. */
const usualLookMs = 5_000;

/**
 * Watches whether the server is through with a statement whose answer has not arrived: the network between the two has
 * gone silent, and nothing else would tell. It looks from a connection of its own each time.
 * @param connectionId by which the server's list has the session that runs the statement; undefined where that is not
 * known: then nothing follows from what is in the list and what is not
 * @param isAtIt whether the server is still at it, by what its connection does. What runs within a CALL has another text
 * than the CALL: for such it must not be asked for the text
 * @param ended fires when the answer is there
 * @returns never, where the answer comes
 */
export async function lostAnswer(
  settings: ConnectionSettings,
  connectionId: number | undefined,
  isAtIt: (process: Process) => boolean,
  ended: AbortSignal,
  lookMs = usualLookMs,
): Promise<StatementEnd> {
  if (connectionId === undefined) return new Promise(() => {});
  for (let looksIdle = 0; looksIdle < 2; ) {
    await sleep(lookMs, undefined, { signal: ended }).catch(() => {});
    if (ended.aborted) return new Promise(() => {});
    const runs = await isRunning(settings, connectionId, isAtIt);
    looksIdle = runs === false ? looksIdle + 1 : 0;
  }
  if (ended.aborted) return new Promise(() => {});
  const error = new Error('the server is through with the statement, and its answer did not arrive');
  return { end: 'lost', error };
}

/** @returns undefined where the server cannot be asked now */
async function isRunning(
  settings: ConnectionSettings,
  connectionId: number,
  isAtIt: (process: Process) => boolean,
): Promise<boolean | undefined> {
  try {
    return await withSession(settings, {}, async (session) => {
      const process = (await readProcesses(session)).find(({ id }) => id === connectionId);
      return process !== undefined && isAtIt(process);
    });
  } catch {
    return undefined; // whoever waits for the statement sees such troubles itself
  }
}

/** As many letters of a statement tell it from others of its time. */
const beginningLength = 40;

/** Whether a connection is at this statement, by how its text begins. */
export function isAtStatement(sql: string): (process: Pick<Process, 'statement'>) => boolean {
  const beginning = sql.slice(0, beginningLength);
  return ({ statement }) => statement?.startsWith(beginning) === true;
}

/**
 * The id by which the server's list of processes knows a session. A proxy that has ids of its own (ProxySQL, MaxScale)
 * tells the client one of those: KILL is translated on its way, but the list is the server's. CONNECTION_ID() does not
 * help: the proxy answers it, or the next statement goes by another connection.
 * @returns undefined where the list does not have the session by the id that it was given
 */
export async function listedId(session: Session): Promise<number | undefined> {
  const own = (await readProcesses(session)).find(({ id }) => id === session.connectionId);
  // Another connection may have the number by chance: this one is reading the list.
  return own?.statement?.startsWith('SHOW FULL PROCESSLIST') ? own.id : undefined;
}

/**
 * Where the statement of another connection is; empty where the server does not say. Needs the consumer
 * `events_stages_current` (MySQL manual, "Monitoring ALTER TABLE Progress for InnoDB Tables Using Performance
 * Schema").
 */
export async function readStage(session: Session, connectionId: number): Promise<Progress> {
  try {
    const [row] = await session.rows<{ stage: string; done: number | null; total: number | null }>(
      `SELECT e.EVENT_NAME AS stage, e.WORK_COMPLETED AS done, e.WORK_ESTIMATED AS total
         FROM performance_schema.events_stages_current e
         JOIN performance_schema.threads t ON t.THREAD_ID=e.THREAD_ID
        WHERE t.PROCESSLIST_ID=?`,
      [connectionId],
    );
    if (row === undefined) return await readState(session, connectionId);
    const stage = row.stage.replace(/^stage\/\w+\//, '');
    // InnoDB's estimate is reached long before the end (measured): it never says that the work is done.
    const percent = row.total
      ? Math.min(99, Math.floor((100 * Number(row.done)) / Number(row.total)))
      : undefined;
    return { stage, ...(percent !== undefined && { percent }) };
  } catch (error) {
    if (isServerError(error)) return {};
    throw error;
  }
}

/** MariaDB has no stage for the second half of a copy; what the processlist calls it is better than nothing. */
async function readState(session: Session, connectionId: number): Promise<Progress> {
  const process = (await readProcesses(session)).find(({ id }) => id === connectionId);
  return process?.state ? { stage: process.state } : {};
}
