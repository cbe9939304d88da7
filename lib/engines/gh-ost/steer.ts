import { setTimeout as sleep } from 'node:timers/promises';
import type { Controls, Steering } from '../../runs/steering.js';
import type { EngineValues } from '../../settings/live-settings.js';
import type { GhostContext, Stop } from './context.js';
import type { GhostStatus } from './process/output.js';
import type { RunningGhost } from './process/running.js';

/** gh-ost looks at its orders ten times a second, and may sleep for a second before. */
const limitMs = 5_000;
const pollMs = 200;

/**
 * Steers a gh-ost by its interactive commands; each is done when gh-ost itself says so.
 * @param steering notes what it was set to: the gates of the cut-over go by it
 */
export function steerGhost(
  ghost: Pick<RunningGhost, 'command' | 'status'>,
  steering: Pick<Steering, 'values'>,
): Controls {
  return {
    async pause() {
      await ghost.command('throttle');
      await until(ghost, isPaused, 'it has not paused');
    },
    async resume() {
      await ghost.command('no-throttle');
      await until(ghost, ({ throttled }) => throttled !== byUser, 'it has not resumed');
    },
    async set(values) {
      const now: EngineValues = {};
      for (const [name, command] of Object.entries(commands) as [keyof EngineValues, string][]) {
        const wanted = values[name];
        if (wanted === undefined) continue;
        await ghost.command(`${command}=${wanted}`);
        now[name] = await readBack(ghost, command);
        steering.values = { ...steering.values, ...now };
      }
      return now;
    },
  };
}

/** What gh-ost gives as the reason while it is paused by a command (go/logic/throttler.go). */
const byUser = 'commanded by user';

/** While it postpones its cut-over it says only that (go/logic/migrator.go, printStatus). */
function isPaused({ throttled, state }: GhostStatus): boolean {
  return throttled !== undefined || state === 'postponing-cut-over';
}

const commands: Readonly<Record<keyof EngineValues, string>> = {
  chunkSize: 'chunk-size',
  dmlBatchSize: 'dml-batch-size',
  maxLagMs: 'max-lag-millis',
  niceRatio: 'nice-ratio',
};

/** Values out of range are clamped in silence. */
async function readBack(ghost: Pick<RunningGhost, 'command'>, command: string): Promise<number> {
  const reply = (await ghost.command(`${command}=?`)).trim();
  const value = Number(reply);
  if (reply === '' || !Number.isFinite(value)) throw new Error(`${command} is ${reply || 'unknown'}`);
  return value;
}

async function until(
  ghost: Pick<RunningGhost, 'status'>,
  holds: (status: GhostStatus) => boolean,
  otherwise: string,
): Promise<void> {
  for (const start = performance.now(); performance.now() - start < limitMs; ) {
    const status = await ghost.status(1_000);
    if (status !== undefined && holds(status)) return;
    await sleep(pollMs);
  }
  throw new Error(`${otherwise} within ${limitMs / 1_000} s`);
}

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

async function endsWithin(
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
