import { setTimeout as sleep } from 'node:timers/promises';
import { readStatus } from '../mysql/processlist.js';
import type { Session } from '../mysql/session.js';
import type { Settings } from '../settings/settings.js';
import type { Reader } from './reader.js';

/** What a careful DBA gives gh-ost as --max-load. */
const usualThreads = 25;
/** On a server that is always busier than that, only what comes on top of its usual load counts (as pt-osc does). */
const onTop = 1.2;
/** It rests for this share of the time that a part took. */
const restShare = 0.1;
const pauseMs = 250;

/** Called between two parts: rests in proportion to the work, and waits while the server is busy. */
export type Throttle = (workedMs: number) => Promise<void>;

/**
 * @param report why reading waits
 * @returns a throttle that waits only as long as the reader has time
 */
export function throttleFor(
  session: Pick<Session, 'rows'>,
  { maxLoad }: Pick<Settings['ghost'], 'maxLoad'>,
  { leftMs, signal }: Reader,
  report: (busy: string) => void,
): Throttle {
  let limits: Limits | undefined;
  const rest = (ms: number) => sleep(Math.max(0, Math.min(ms, leftMs())), undefined, { signal });
  return async (workedMs) => {
    limits ??= {
      Threads_running: Math.max(
        usualThreads,
        Math.ceil(onTop * (await readStatus(session, 'Threads_running'))),
      ),
      ...limitsOf(maxLoad),
    };
    await rest(workedMs * restShare);
    while (leftMs() > 0) {
      const busy = await aboveLimit(session, limits);
      if (busy === undefined) return;
      report(busy);
      await rest(pauseMs);
    }
  };
}

type Limits = Readonly<Record<string, number>>;

/** `Threads_running=30,Threads_connected=500`, as gh-ost reads it; the settings have validated it. */
function limitsOf(maxLoad = ''): Limits {
  return Object.fromEntries(
    [...maxLoad.matchAll(/(\w+)\s*=\s*(\d+)/g)].map(([, name, limit]) => [name, Number(limit)]),
  );
}

/** What is above `--max-load` now; undefined: nothing is, or there is no limit. */
export function aboveMaxLoad(
  session: Pick<Session, 'rows'>,
  { maxLoad }: Pick<Settings['ghost'], 'maxLoad'>,
): Promise<string | undefined> {
  return aboveLimit(session, limitsOf(maxLoad));
}

async function aboveLimit(session: Pick<Session, 'rows'>, limits: Limits): Promise<string | undefined> {
  for (const [name, limit] of Object.entries(limits)) {
    const value = await readStatus(session, name);
    if (value > limit) return `${name} is ${value}, above ${limit}`;
  }
  return undefined;
}
