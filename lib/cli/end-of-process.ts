/**
 * Ends the process once nothing is left to do. By itself Node 20 may then spin for ever over a socket that is still being
 * closed (Environment::CleanupHandles), such as one whose network has gone silent (measured).
 */
export function endWhenIdle(): void {
  // Behind whatever else waits for that moment.
  process.once('beforeExit', () => setImmediate(() => process.exit()));
}
