import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Io, StopSignal } from './io.js';

export interface Stopping {
  /** Aborted by the first signal: stop, and put everything back. */
  signal: AbortSignal;
  /** Aborted by the second: stop at once and only say what is left. */
  hurry: AbortSignal;
}

/**
 * npx, tsx and npm hand on the Ctrl-C that the terminal has given to the whole group already: what comes within
 * this time is the same one.
 */
const sameMs = 700;

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs something that can be stopped by Ctrl-C, SIGTERM and a terminal that is closed. A third signal meets no
 * handler of ours and ends the process.
 *
 * @param onStop - Tells that it is stopping.
 */
export async function withSignals<T>(
  signals: Io['signals'],
  onStop: (text: string) => void,
  callback: (stopping: Stopping) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const hurry = new AbortController();
  let lastMs = Number.NEGATIVE_INFINITY;
  const listen = (received: StopSignal) => {
    const sinceMs = performance.now() - lastMs;
    if (sinceMs < sameMs) return;
    lastMs = performance.now();
    if (stop.signal.aborted) {
      remove();
      onStop(`${received} again: leaving at once.`);
      hurry.abort(stopped(received));
    } else {
      onStop(
        `${received}: stopping and putting everything back; ${again(received)} leaves at once and only says what is left.`,
      );
      stop.abort(stopped(received));
    }
  };
  const remove = () => {
    for (const name of stopSignals) signals.off(name, listen);
  };
  for (const name of stopSignals) signals.on(name, listen);
  try {
    return await callback({ signal: stop.signal, hurry: hurry.signal });
  } finally {
    remove();
  }
}

function again(received: StopSignal): string {
  return received === 'SIGINT' ? 'a second Ctrl-C' : 'a second signal';
}

function stopped(received: StopSignal): Fault {
  return new Fault(`Stopped by ${received}.`, { id: 'aborted', exitCode: exitCodes.aborted });
}
