import type { GhostStatus } from '../../lib/engines/gh-ost/process/output.js';

/** What gh-ost says of itself in the middle of a copy. */
export function ghostStatus(more: Partial<GhostStatus> = {}): GhostStatus {
  return {
    rowsCopied: 100,
    eventsApplied: 10,
    backlog: 0,
    backlogLimit: 1000,
    elapsedMs: 1_000,
    copyingMs: 1_000,
    coordinates: 'bin.000001:4',
    state: 'migrating',
    ...more,
  };
}
