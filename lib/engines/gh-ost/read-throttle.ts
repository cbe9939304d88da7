import { setTimeout as sleep } from 'node:timers/promises';
import type { SteadyReader } from '../../compare/steady-reader.js';
import { type Session, withPatientSession } from '../../mysql/session.js';
import { aboveMaxLoad, type Throttle, throttleFor } from '../../rows/read-throttle.js';
import type { GhostSettings, Settings } from '../../settings/settings.js';

const pauseMs = 500;

/**
 * Lets others go first by the limits that gh-ost has: --max-load, --throttle-query, and a pause. Lag of replicas is
 * none of it, for reading causes none; gh-ost is paused then, and so is what waits for it.
 * @param tell why the reading is paused
 */
export function yieldLikeGhost(
  reader: SteadyReader,
  settings: Pick<GhostSettings, 'maxLoad' | 'throttleQuery'>,
  isPaused: () => boolean,
  tell: (why: string) => void,
): Throttle {
  const byLoad = throttleFor(reader, settings, reader, tell);
  const { throttleQuery } = settings;
  return async (workedMs) => {
    await byLoad(workedMs);
    while (reader.leftMs() > 0) {
      const why = isPaused() ? 'paused' : await throttledByQuery(reader, throttleQuery);
      if (why === undefined) return;
      tell(why);
      await sleep(pauseMs, undefined, { signal: reader.signal });
    }
  };
}

/** Above 0 it says wait, as gh-ost reads it (doc/command-line-flags.md, throttle-query). */
async function throttledByQuery(
  session: Pick<Session, 'rows'>,
  query: string | undefined,
): Promise<string | undefined> {
  if (query === undefined) return undefined;
  const [row = {}] = await session.rows<Record<string, unknown>>(query);
  return Number(Object.values(row)[0] ?? 0) > 0 ? 'throttle-query' : undefined;
}

/**
 * Why gh-ost is paused by `--max-load` or `--throttle-query`, which it does not say while it postpones its cut-over. In a
 * cut-over it would hold the table, and not apply what is left.
 */
export async function throttled({
  connection,
  ghost,
}: Pick<Settings, 'connection' | 'ghost'>): Promise<string | undefined> {
  if (ghost.maxLoad === undefined && ghost.throttleQuery === undefined) return undefined;
  return withPatientSession(
    connection,
    { limitMs: 0 },
    async (session) =>
      (await aboveMaxLoad(session, ghost)) ?? (await throttledByQuery(session, ghost.throttleQuery)),
  );
}
