import { stopped } from '../fault.js';
import type { Io, StopSignal } from './io.js';

export interface Stopping {
  /** Aborted by the first signal: stop, and restore everything. */
  signal: AbortSignal;
  /** Aborted by the second: stop at once, and only list what is left behind. */
  hurry: AbortSignal;
}

/** npx, tsx and npm pass on the Ctrl-C that the terminal sent to the whole group: within this time it is the same one. */
const sameMs = 700;

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs something that Ctrl-C, SIGTERM and a closed terminal can stop. A third signal is not caught and ends the
 * process.
 * @param onStop gets what is happening, for people
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
      onStop(`${received} again: exiting at once.`);
      hurry.abort(stopped(`Stopped by ${received}.`));
    } else {
      const again = received === 'SIGINT' ? 'a second Ctrl-C' : 'a second signal';
      onStop(
        `${received}: stopping and restoring everything; ${again} exits at once and only lists what is left behind.`,
      );
      stop.abort(stopped(`Stopped by ${received}.`));
    }
  };
  const remove = () => stopSignals.forEach((name) => void signals.off(name, listen));
  for (const name of stopSignals) signals.on(name, listen);
  try {
    return await callback({ signal: stop.signal, hurry: hurry.signal });
  } finally {
    remove();
  }
}
