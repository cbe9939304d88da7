import process from 'node:process';

/** In the environment of a detached process: the id of its run. */
export const detachedRun = 'ALTERWISE_DETACHED_RUN';

/**
 * The id of this process's run, if it was detached. It is removed from the environment at once, or an `alterwise run`
 * in a script would use the same id, socket and record.
 */
export const givenRun: string | undefined = process.env[detachedRun];
delete process.env[detachedRun];

/** What a detached process sends when its work begins; a TypeScript loader may send other messages. */
export const begun = 'alterwise: begun';

/** Tells the command that detached this process, if any, that its work begins. */
export function tellBegun(): void {
  // It may have gone.
  if (givenRun !== undefined && process.connected) process.send?.(begun, undefined, undefined, () => {});
}
