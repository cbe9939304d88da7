import process from 'node:process';

/** In the environment of a process that was detached: what its run is called. */
export const detachedRun = 'ALTERWISE_DETACHED_RUN';

/**
 * What the run of this process is called, where it was detached. Taken out of the environment before anything gets a
 * copy of that: an `alterwise run` in a script would take the name as its own, and with it the socket and the record.
 */
export const givenRun: string | undefined = process.env[detachedRun];
delete process.env[detachedRun];
