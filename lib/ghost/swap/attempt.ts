import { setTimeout as sleep } from 'node:timers/promises';
import type { GhostContext } from '../flight.js';
import type { RunningGhost } from '../process/running.js';
import { SocketError } from '../process/socket.js';

export type AttemptEnd = 'exited' | 'postponed-again' | 'hung' | 'aborted';

/**
 * For a gh-ost that answers: it may wait for its heartbeat before it asks for the lock, and holds nobody up then. What it
 * was told cannot be taken back: until it has tried, it is not postponing again, whatever it says.
 */
const patienceMs = 300_000;

/**
 * Has gh-ost try once to swap the tables, and sees how it ends: gh-ost ends as well, or postpones again. It waits
 * for its lock for twice the timeout, holds it for as long at most, and answers all the while; one that is silent
 * for longer may hold the lock, and has to be ended at once. Asked to stop, it lets the attempt end first.
 */
export async function attempt(
  ghost: RunningGhost,
  { settings, hurry }: Pick<GhostContext, 'settings' | 'hurry'>,
): Promise<AttemptEnd> {
  const start = performance.now();
  const timeoutMs = settings.ghost.cutOverLockTimeoutSeconds * 1_000;
  const { attempts } = ghost.story;
  let isTold = await tell(ghost);
  for (let answeredAt = start; ; ) {
    await Promise.race([ghost.exited, sleep(300)]);
    const status = await ghost.status(1_000);
    const now = performance.now();
    if (ghost.exit() !== undefined) return 'exited';
    if (hurry?.aborted) return 'aborted';
    if (status !== undefined) answeredAt = now;
    const hasTried = ghost.story.attempts > attempts;
    const postpones = status?.state === 'postponing-cut-over';
    // After an attempt in vain it may be throttled before it gets to postponing.
    const waits = postpones || status?.state === 'throttled';
    if (hasTried && waits && !ghost.story.isAtSwap) return 'postponed-again';
    if (!isTold && !hasTried && postpones) isTold = await tell(ghost);
    if (now - answeredAt > 4 * timeoutMs + 2_000 || now - start > 4 * timeoutMs + patienceMs) return 'hung';
  }
}

/** @returns whether it has heard it; one that is ending, or hangs, may have all the same */
async function tell(ghost: RunningGhost): Promise<boolean> {
  try {
    await ghost.command('cut-over');
    return true;
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return false;
  }
}
