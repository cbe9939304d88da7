import t, { type Test } from 'tap';
import { opensIn } from '../../lib/cut-over/window.js';
import { dailyWindow } from '../../lib/settings/window.js';

function windowOf(text: string) {
  const read = dailyWindow.parse(text);
  if (!('value' in read)) throw new Error(read.expected);
  return read.value;
}

/** Minutes until it is open; undefined: never. */
function minutesUntil(window: string, now: string, neededMinutes = 0): number | undefined {
  const ms = opensIn(windowOf(window), new Date(now), neededMinutes * 60_000);
  return Number.isFinite(ms) ? ms / 60_000 : undefined;
}

type Case = [window: string, now: string, minutes: number | undefined, needed?: number];

function check(t: Test, cases: readonly Case[]): void {
  for (const [window, now, minutes, needed] of cases) {
    t.equal(minutesUntil(window, now, needed), minutes, `${window} at ${now}, for ${needed ?? 0} min`);
  }
}

t.test('a window by day, and one over midnight', async (t) => {
  check(t, [
    ['02:00-05:00 UTC', '2026-06-10T00:00:00Z', 120],
    ['02:00-05:00 UTC', '2026-06-10T02:00:00Z', 0],
    ['02:00-05:00 UTC', '2026-06-10T04:59:00Z', 0],
    ['02:00-05:00 UTC', '2026-06-10T05:00:00Z', 0, 0],
    ['02:00-05:00 UTC', '2026-06-10T05:00:30Z', 20 * 60 + 59.5],
    ['22:00-02:00 UTC', '2026-06-10T23:00:00Z', 0],
    ['22:00-02:00 UTC', '2026-06-11T01:59:00Z', 0],
    ['22:00-02:00 UTC', '2026-06-11T03:00:00Z', 19 * 60],
    ['22:00-24:00 UTC', '2026-06-10T23:59:00Z', 0],
  ]);
});

t.test('a window that closes too soon is not entered', async (t) => {
  check(t, [
    ['02:00-05:00 UTC', '2026-06-10T04:59:00Z', 0, 1],
    ['02:00-05:00 UTC', '2026-06-10T04:59:30Z', 21 * 60 + 0.5, 1],
    ['02:00-02:10 UTC', '2026-06-10T02:00:00Z', 0, 10],
    ['02:00-02:10 UTC', '2026-06-10T00:00:00Z', undefined, 11],
  ]);
});

t.test('by the clock of its zone', async (t) => {
  check(t, [
    ['02:00-05:00 Europe/Berlin', '2026-06-10T00:00:00Z', 0],
    ['02:00-05:00 Europe/Berlin', '2026-01-10T00:00:00Z', 60],
    ['02:00-05:00 America/Los_Angeles', '2026-01-10T00:00:00Z', 600],
    ['02:00-05:00 Pacific/Kiritimati', '2026-01-10T11:00:00Z', 60],
    ['02:00-05:00 Asia/Kathmandu', '2026-01-10T20:00:00Z', 15],
  ]);
});

t.test('the night that has no hour from two to three', async (t) => {
  // Berlin, 29 March 2026: 02:00 is 03:00, at 01:00 UTC.
  check(t, [
    ['02:00-05:00 Europe/Berlin', '2026-03-29T00:00:00Z', 60],
    ['02:30-05:00 Europe/Berlin', '2026-03-29T00:59:00Z', 1],
    ['02:30-05:00 Europe/Berlin', '2026-03-29T02:59:00Z', 0],
    ['02:30-05:00 Europe/Berlin', '2026-03-29T03:01:00Z', 21 * 60 + 29],
    ['02:00-03:00 Europe/Berlin', '2026-03-29T00:30:00Z', 23 * 60 + 30],
    ['02:10-02:50 Europe/Berlin', '2026-03-29T00:30:00Z', 23 * 60 + 40],
    ['23:00-02:30 Europe/Berlin', '2026-03-29T00:59:00Z', 0],
    ['23:00-02:30 Europe/Berlin', '2026-03-29T01:01:00Z', 19 * 60 + 59],
    ['01:00-02:30 Europe/Berlin', '2026-03-29T00:00:00Z', 0, 60],
    ['01:00-02:30 Europe/Berlin', '2026-03-29T00:00:00Z', 23 * 60, 61],
  ]);
});

t.test('the night that has the hour from two to three twice', async (t) => {
  // Berlin, 25 October 2026: 03:00 is 02:00, at 01:00 UTC.
  check(t, [
    ['02:00-05:00 Europe/Berlin', '2026-10-25T00:00:00Z', 0, 240],
    ['02:00-05:00 Europe/Berlin', '2026-10-24T23:59:00Z', 1, 240],
    ['02:30-05:00 Europe/Berlin', '2026-10-25T00:30:00Z', 0],
    ['02:30-05:00 Europe/Berlin', '2026-10-25T01:10:00Z', 0],
    ['01:00-02:30 Europe/Berlin', '2026-10-25T00:29:00Z', 0],
    ['01:00-02:30 Europe/Berlin', '2026-10-25T00:31:00Z', 23 * 60 + 29],
    ['02:00-02:30 Europe/Berlin', '2026-10-25T01:10:00Z', 23 * 60 + 50],
    ['23:30-02:15 Europe/Berlin', '2026-10-25T00:14:00Z', 0],
    ['03:00-04:00 Europe/Berlin', '2026-10-25T00:00:00Z', 120],
  ]);
});

t.test('half an hour, and a change at midnight', async (t) => {
  check(t, [
    // Lord Howe, 4 April 2026: 02:00 is 01:30, at 15:00 UTC.
    ['01:45-03:00 Australia/Lord_Howe', '2026-04-04T14:45:00Z', 0, 105],
    // Cairo, 24 April 2026: 00:00 is 01:00.
    ['00:00-02:00 Africa/Cairo', '2026-04-23T21:59:00Z', 1, 60],
    ['00:00-01:00 Africa/Cairo', '2026-04-23T21:59:00Z', 23 * 60 + 1],
  ]);
});

t.test('at every minute of a year it says the same as the clock', async (t) => {
  const window = windowOf('01:30-04:15 Europe/Berlin');
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    hour: '2-digit',
    minute: '2-digit',
  });
  let wrong = 0;
  for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 59 * 60_000) {
    const clock = format.format(ms);
    const open = opensIn(window, new Date(ms), 1) === 0;
    if (open !== (clock >= '01:30' && clock < '04:15')) wrong++;
  }
  t.equal(wrong, 0);
});
