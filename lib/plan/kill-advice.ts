import type { Blocker } from '../inspect/blockers.js';

/**
 * What to do about those who hold the lock; who waits for it is a victim too. KILL and not KILL QUERY: the latter
 * does nothing to a transaction that sits idle.
 * @param budget the option that says how long they are waited for
 */
export function killAdvice(blockers: readonly Blocker[], budget = '--lock-budget'): string {
  const holders = blockers.filter(({ role }) => role !== 'waits');
  if (holders.length === 0) return `Try again at a quieter moment, or raise ${budget}.`;
  const kills = holders.map(({ connectionId }) => `KILL ${connectionId}`).join('; ');
  return `Wait for these transactions to end, or, once you know that nobody needs what they do: ${kills}`;
}
