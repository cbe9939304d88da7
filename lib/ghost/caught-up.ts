import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningGhost } from './running.js';

const pollMs = 150;
/** gh-ost puts its heartbeats, ten a second, into the same queue, and sleeps for a second when it finds it empty. */
const nearlyEmpty = 2;
/** An empty queue may be one whose last batch is being applied: it has to be seen so at different times. */
const timesWanted = 3;
const looksWanted = 5;
const limitMs = 60_000;

/**
 * Waits until gh-ost has applied to its copy what was in the binlog when this was called. It writes a heartbeat to its
 * changelog and reads it in the binlog: when one that was written later has come back, everything before it has been
 * read (gh-ost go/logic/migrator.go, onChangelogHeartbeatEvent). It is applied when as many events more were applied
 * as were waiting then, with those that were just being applied; or when the queue has run empty again and again.
 * @param batch rows that are applied at a time
 * @returns false where that was not so within a minute, or gh-ost has ended
 */
export async function waitUntilCaughtUp(
  ghost: Pick<RunningGhost, 'status' | 'exit'>,
  batch: number,
  signal: AbortSignal,
): Promise<boolean> {
  const start = performance.now();
  let appliedThen: number | undefined;
  let timesEmpty = 0;
  let looksEmpty = 0;
  let wasFuller = true;
  while (performance.now() - start < limitMs && ghost.exit() === undefined) {
    signal.throwIfAborted();
    const askedAt = performance.now();
    const status = await ghost.status();
    if (status?.heartbeatLagMs !== undefined && askedAt - status.heartbeatLagMs > start) {
      appliedThen ??= status.eventsApplied + status.backlog + batch;
      const isEmpty = status.backlog <= nearlyEmpty;
      if (isEmpty && wasFuller) timesEmpty++;
      wasFuller = !isEmpty;
      looksEmpty = status.backlog === 0 ? looksEmpty + 1 : 0;
      if (status.eventsApplied >= appliedThen || timesEmpty >= timesWanted || looksEmpty >= looksWanted)
        return true;
    }
    await sleep(pollMs, undefined, { signal });
  }
  return false;
}
