import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../mysql/session.js';
import type { Settings } from '../settings/settings.js';
import type { Reader } from './reader.js';

/** What a careful DBA gives gh-ost as --max-load, where nothing is said. */
const usualThreads = 25;
/** A server that is always busier than that is left as it is: only what comes on top of it counts (as pt-osc does). */
const onTop = 1.2;
/** Of the time that a chunk took, this part is rest. */
const restShare = 0.1;
const pauseMs = 250;

/** Lets others go first: rests in proportion to the work, and waits while the server is busy. */
export type GiveWay = (workedMs: number) => Promise<void>;

/**
 * @param tell why the reading stands still
 * @returns what to call between two chunks; it waits as long as the reader has time, then returns
 */
export function givesWay(
  session: Pick<Session, 'rows'>,
  { maxLoad }: Pick<Settings['ghost'], 'maxLoad'>,
  { leftMs, signal }: Reader,
  tell: (busy: string) => void,
): GiveWay {
  let limits: Readonly<Record<string, number>> | undefined;
  return async (workedMs) => {
    limits ??= { Threads_running: await usual(session), ...limitsOf(maxLoad) };
    await sleep(Math.max(0, Math.min(workedMs * restShare, leftMs())), undefined, { signal });
    while (leftMs() > 0) {
      const busy = await aboveLimit(session, limits);
      if (busy === undefined) return;
      tell(busy);
      await sleep(Math.min(pauseMs, Math.max(0, leftMs())), undefined, { signal });
    }
  };
}

/** `Threads_running=30,Threads_connected=500`, as gh-ost reads it; settings have looked at it before. */
function limitsOf(maxLoad = ''): Record<string, number> {
  return Object.fromEntries(
    [...maxLoad.matchAll(/(\w+)\s*=\s*(\d+)/g)].map(([, name, limit]) => [name, Number(limit)]),
  );
}

async function usual(session: Pick<Session, 'rows'>): Promise<number> {
  return Math.max(usualThreads, Math.ceil(onTop * (await statusOf(session, 'Threads_running'))));
}

/** What is above `--max-load` now; undefined: nothing is, or nothing is said. */
export function aboveMaxLoad(
  session: Pick<Session, 'rows'>,
  { maxLoad }: Pick<Settings['ghost'], 'maxLoad'>,
): Promise<string | undefined> {
  return aboveLimit(session, limitsOf(maxLoad));
}

async function aboveLimit(
  session: Pick<Session, 'rows'>,
  limits: Readonly<Record<string, number>>,
): Promise<string | undefined> {
  for (const [name, limit] of Object.entries(limits)) {
    const value = await statusOf(session, name);
    if (value > limit) return `${name} is ${value}, above ${limit}`;
  }
  return undefined;
}

async function statusOf(session: Pick<Session, 'rows'>, name: string): Promise<number> {
  const [row] = await session.rows<{ Value: string }>('SHOW GLOBAL STATUS LIKE ?', [name]);
  return Number(row?.Value ?? 0);
}
