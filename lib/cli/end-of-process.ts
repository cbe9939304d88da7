/**
 * Ends the process once nothing is left to do. Node 20 may otherwise spin forever over a socket that is still being
 * closed (Environment::CleanupHandles), such as one on a silent network (measured).
 */
export function endWhenIdle(): void {
  // After every other listener.
  process.once('beforeExit', () => setImmediate(() => process.exit()));
}
