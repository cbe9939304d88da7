/** In the environment of a process that was detached: what its run is called. */
export const detachedRun = 'ALTERWISE_DETACHED_RUN';
