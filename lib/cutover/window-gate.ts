import { humanMs } from '../plan/human.js';
import { type DailyWindow, writeWindow } from '../settings/window.js';
import type { Gate } from './gate.js';
import { opensIn } from './window.js';

/**
 * `--cut-over-window`: by day or by night, as the application has its quiet hours.
 * @param window absent: always
 * @param neededMs how long an attempt may take; a window that closes sooner is not entered
 */
export function windowGate(
  window: DailyWindow | undefined,
  neededMs: number,
  now: () => Date = () => new Date(),
): Gate {
  return async () => {
    if (window === undefined) return undefined;
    const ms = opensIn(window, now(), neededMs);
    if (ms === 0) return undefined;
    const name = writeWindow(window);
    const when = Number.isFinite(ms) ? `opens in ${humanMs(ms)}` : 'which is too short for an attempt';
    return { id: 'cut-over-window', text: `the window ${name} (${when})`, reason: name };
  };
}
