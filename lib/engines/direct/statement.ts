import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionGone, isInterrupted, isServerError } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';

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
