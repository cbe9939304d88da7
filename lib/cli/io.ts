import { homedir } from 'node:os';
import process from 'node:process';
import { errorCode } from '../util/error-code.js';

/** A stream that is written to: a terminal, a pipe, a file, or a buffer in a test. */
export type Sink = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** All that the command line touches outside of itself. */
export interface Io {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: Sink;
  stderr: Sink;
  env: NodeJS.ProcessEnv;
  cwd: string;
  home: string;
  signals: {
    on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
    off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  };
}

/** The real ones. A reader that went away (`alterwise … | head`) must not end a migration. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore);
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    signals: process,
  };
}

/** Whether an error of a stream says that nobody reads it any more: a closed pipe, a closed terminal. */
export function isClosedStream(error: unknown): boolean {
  const codes = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'];
  return codes.includes(errorCode(error) ?? '');
}

function ignore(): void {
  // Whoever writes a result sees the failure; progress that cannot be shown is no reason to end a migration.
}

/**
 * Ends the process once nothing is left to do. Node 20 may otherwise spin forever over a socket that is still being
 * closed (Environment::CleanupHandles), such as one on a silent network (measured).
 */
export function endWhenIdle(): void {
  // After every other listener.
  process.once('beforeExit', () => setImmediate(() => process.exit()));
}
