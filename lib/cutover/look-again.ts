import type { Gate } from './gate.js';

/** What has been so for no longer than this counts as being so now. */
const staleMs = 1_000;

/**
 * A gate that may wait, and after which others are looked at again: what they saw before it waited may not hold any more.
 * @param others open when `waiting` is asked
 */
export function lookAgain(waiting: Gate, others: readonly Gate[], oldMs = staleMs): Gate {
  return async () => {
    const start = performance.now();
    const closed = await waiting();
    if (closed !== undefined || performance.now() - start <= oldMs) return closed;
    for (const gate of others) {
      const again = await gate();
      if (again !== undefined) return again;
    }
    return undefined;
  };
}
