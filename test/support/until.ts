import { setTimeout as sleep } from 'node:timers/promises';

export interface Waiting {
  limitMs?: number;
  everyMs?: number;
  /** Says why it can no longer happen, such as that what was watched has ended. */
  unless?: () => string | undefined;
}

/**
 * Waits until `look` finds something (anything but `false` and `undefined`) and returns it. Every wait of a test
 * comes here, so that each has an end, and an error that says what it waited for.
 * @param what as in "not within 30 s: the replica follows"
 */
export async function until<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  { limitMs = 30_000, everyMs = 50, unless }: Waiting = {},
): Promise<Exclude<Found, false | undefined>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const isLast = performance.now() >= deadline;
    const why = unless?.();
    const found = await look();
    if (found !== false && found !== undefined) return found as Exclude<Found, false | undefined>;
    if (why !== undefined) throw new Error(`it did not happen: ${what}: ${why}`);
    if (isLast) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await sleep(everyMs);
  }
}

/** What becomes true when a promise has settled, either way: for `unless`. */
export function settled(promise: Promise<unknown>): () => boolean {
  let isOver = false;
  const mark = () => {
    isOver = true;
  };
  promise.then(mark, mark);
  return () => isOver;
}
