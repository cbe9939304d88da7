import { type DailyWindow, writeWindow } from '../settings/window.js';
import { humanMs } from '../text/human.js';
import type { Gate } from './gate.js';

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

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/**
 * How long it is until the window is open, and stays so for as long as it is needed. It opens when the clock of its
 * zone first shows its beginning, or has jumped over it, and closes when the clock then first shows its end: in the
 * night in which an hour comes twice a window that begins in it begins with the first, and where an hour is left out,
 * a window that lies within it does not open that day.
 * @param neededMs it is not entered where it closes sooner
 * @returns milliseconds; 0: now; `Infinity`: it is never so long
 */
export function opensIn(window: DailyWindow, now: Date, neededMs = 0): number {
  const { fromMinute, toMinute, timeZone } = window;
  const clock = clockOf(timeZone);
  const nowMs = now.getTime();
  const today = Math.floor(clock(nowMs) / dayMs) * dayMs;
  // The one that began yesterday may still be open; that of tomorrow may not be there, by a change of the clock.
  for (const midnight of [-1, 0, 1, 2].map((days) => today + days * dayMs)) {
    const opens = firstShown(midnight + fromMinute * minuteMs, clock);
    const lasts = toMinute > fromMinute ? toMinute : toMinute + dayMs / minuteMs;
    const closes = firstShown(midnight + lasts * minuteMs, clock);
    const enters = Math.max(opens, nowMs);
    if (opens < closes && enters + neededMs <= closes) return enters - nowMs;
  }
  return Number.POSITIVE_INFINITY;
}

/** What a clock shows at an instant, as if it showed UTC. */
type Clock = (instantMs: number) => number;

function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (instantMs) => {
    const [, sign, hours = 0, minutes = 0] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(instantMs)) ?? [];
    const aheadMs = (60 * Number(hours) + Number(minutes)) * minuteMs;
    return instantMs + (sign === '-' ? -aheadMs : aheadMs);
  };
}

/** The first instant at which a clock shows this or, where it jumps over it, more. */
function firstShown(shown: number, clock: Clock): number {
  const ahead = (instantMs: number) => clock(instantMs) - instantMs;
  // No zone is changed twice within two days: it is one of these two, or the change itself.
  const [before, after] = [ahead(shown - dayMs), ahead(shown + dayMs)];
  if (clock(shown - before) === shown) return shown - before;
  if (clock(shown - after) === shown) return shown - after;
  let [low, high] = [shown - Math.max(before, after), shown - Math.min(before, after)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (clock(middle) < shown) low = middle;
    else high = middle;
  }
  return high;
}
