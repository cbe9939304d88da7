import { setTimeout as sleep } from 'node:timers/promises';
import type { Controls, Steering } from '../../runs/steering.js';
import type { EngineValues } from '../../settings/live-settings.js';
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
