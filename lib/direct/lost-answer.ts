import { setTimeout as sleep } from 'node:timers/promises';
import { type Process, readProcesses } from '../mysql/processlist.js';
import { withSession } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import type { StatementEnd } from './statement.js';

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
    return undefined; // whoever waits for the statement is told of such troubles by itself
  }
}
