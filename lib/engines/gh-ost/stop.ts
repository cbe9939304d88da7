import { setTimeout as sleep } from 'node:timers/promises';
import type { GhostContext, Stop } from './context.js';
import type { RunningGhost } from './process/running.js';

/**
 * Ends gh-ost: `panic` over its socket, then SIGTERM, then SIGKILL. It has no signal handling of its own, and
 * cleans up in none of the three; `panic` is the one that lets a cut-over attempt end first, so that writers are
 * never held longer than that attempt. One that does not answer any more is not asked.
 */
export async function stopGhost(
  ghost: RunningGhost,
  { why }: Stop,
  { settings, hurry }: Pick<GhostContext, 'settings' | 'hurry'>,
): Promise<void> {
  if (ghost.exit() !== undefined) return;
  if (hurry?.aborted !== true && why !== 'hung') {
    // No socket yet, or no answer: signals remain.
    const isTold = await ghost.command('panic').then(
      () => true,
      () => false,
    );
    // An attempt holds the lock for twice this.
    const limitMs = 2_000 * settings.ghost.cutOverLockTimeoutSeconds + 2_000;
    if (isTold && (await endsWithin(ghost, limitMs, hurry))) return;
    ghost.signal('SIGTERM');
    if (await endsWithin(ghost, 2_000, hurry)) return;
  }
  ghost.signal('SIGKILL');
  await endsWithin(ghost, 5_000, undefined);
}

export async function endsWithin(
  ghost: RunningGhost,
  limitMs: number,
  hurry: AbortSignal | undefined,
): Promise<boolean> {
  const done = new AbortController();
  const signal = hurry === undefined ? done.signal : AbortSignal.any([done.signal, hurry]);
  try {
    await Promise.race([ghost.exited, sleep(limitMs, undefined, { signal }).catch(() => {})]);
    return ghost.exit() !== undefined;
  } finally {
    done.abort();
  }
}
