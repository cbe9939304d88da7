import process from 'node:process';

/** In the environment of a process that was detached: what its run is called. */
export const detachedRun = 'ALTERWISE_DETACHED_RUN';

const begun = 'alterwise: begun';

/** Tells the command that has detached this process, if one has, that its work begins. */
export function tellBegun(): void {
  if (givenRun !== undefined && process.connected) process.send?.(begun, undefined, undefined, nobodyWaits);
}

function nobodyWaits(): void {}

/** @param message what a detached process has sent; a loader of its TypeScript may send others */
export function isBegun(message: unknown): boolean {
  return message === begun;
}

/**
 * What the run of this process is called, where it was detached. Taken out of the environment before anything gets a
 * copy of that: an `alterwise run` in a script would take the name as its own, and with it the socket and the record.
 */
export const givenRun: string | undefined = process.env[detachedRun];
delete process.env[detachedRun];
