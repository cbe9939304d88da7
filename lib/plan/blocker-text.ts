import type { Blocker } from '../inspect/blockers.js';
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
