import type { Blocker } from '../documents/result.js';
import { humanMs, oneLine } from './human.js';

const doing = {
  holds: 'holds the lock',
  waits: 'waits for the lock',
  suspect: 'may hold the lock (open transaction)',
} as const;

/** One connection as a DBA wants to see it: `connection 42 app@10.0.0.3 holds the lock, for 12m: SELECT …`. */
export function blockerText({ connectionId, user, host, role, ageMs, query, command }: Blocker): string {
  const account =
    user === undefined && host === undefined ? '' : ` ${oneLine(`${user ?? '?'}@${host ?? '?'}`)}`;
  const age = ageMs === undefined ? '' : `, for ${humanMs(ageMs)}`;
  const idle = command === undefined || command === 'Query' ? '' : `, ${command}`;
  const statement = query === undefined ? '' : `: ${oneLine(query, 200)}`;
  return `connection ${connectionId}${account} ${doing[role]}${age}${idle}${statement}`;
}

/**
 * What to do about the connections that hold the lock; those that wait for it are victims, too. KILL, because KILL QUERY
 * does not end an idle transaction.
 * @param budget the option that limits the wait
 */
export function killAdvice(blockers: readonly Blocker[], budget = '--lock-budget'): string {
  const holders = blockers.filter(({ role }) => role !== 'waits');
  if (holders.length === 0) return `Try again at a quieter moment, or raise ${budget}.`;
  const kills = holders.map(({ connectionId }) => `KILL ${connectionId}`).join('; ');
  return `Wait for these transactions to end, or kill them if nobody needs their work: ${kills}`;
}
