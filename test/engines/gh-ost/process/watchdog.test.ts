import t from 'tap';
import { Watchdog } from '../../../../lib/engines/gh-ost/process/watchdog.js';
import { ghostStatus } from '../../../support/ghost-status.js';

t.test('silence for a minute is the end', async (t) => {
  const watchdog = new Watchdog(1_000);
  t.equal(watchdog.look(undefined, 61_000), undefined);
  t.match(watchdog.look(undefined, 61_001), /no sign of life for 60 s/);
  t.equal(watchdog.look(ghostStatus(), 61_500), undefined, 'any sign will do');
  t.equal(watchdog.look(undefined, 121_000), undefined);
  t.match(watchdog.look(undefined, 122_000), /no sign of life/);
});

t.test('a late heartbeat is the end where nothing moves either', async (t) => {
  const late = ghostStatus({ heartbeatLagMs: 45_000 });
  const watchdog = new Watchdog(0);
  t.equal(watchdog.look(late, 0), undefined);
  t.equal(watchdog.look(late, 29_000), undefined);
  t.match(watchdog.look(late, 30_000), /nothing for 30 s, and its heartbeat is 45 s late/);
  t.equal(watchdog.look({ ...late, rowsCopied: 101 }, 31_000), undefined, 'a row was copied');
  t.equal(
    watchdog.look({ ...late, rowsCopied: 101, eventsApplied: 11 }, 60_000),
    undefined,
    'a change was applied',
  );
  t.equal(watchdog.look({ ...late, rowsCopied: 101, eventsApplied: 11 }, 89_000), undefined);
  t.match(watchdog.look({ ...late, rowsCopied: 101, eventsApplied: 11 }, 90_000), /late/);
});

t.test('who is told to wait may wait for hours', async (t) => {
  const watchdog = new Watchdog(0);
  const throttled = ghostStatus({
    heartbeatLagMs: 7_200_000,
    throttled: 'max-load Threads_running=80 >= 50',
  });
  t.equal(watchdog.look(throttled, 1_000), undefined);
  t.equal(watchdog.look(throttled, 7_200_000), undefined);
  const goesOn = ghostStatus({ heartbeatLagMs: 7_200_000 });
  t.equal(watchdog.look(goesOn, 7_201_000), undefined, 'it has its time again from then on');
  t.match(watchdog.look(goesOn, 7_231_000), /late/);
});

t.test('who postpones may be throttled without saying so, and then sends no heartbeats', async (t) => {
  const watchdog = new Watchdog(0);
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += 30_000) {
    const postponing = ghostStatus({ state: 'postponing-cut-over', heartbeatLagMs: nowMs });
    t.equal(watchdog.look(postponing, nowMs), undefined);
  }
  t.match(watchdog.look(undefined, 3_700_000), /no sign of life/, 'silence is the end all the same');
});

t.test('a copy that is complete does not move, and its heartbeat is in time', async (t) => {
  const watchdog = new Watchdog(0);
  const postponing = ghostStatus({ state: 'postponing-cut-over', heartbeatLagMs: 80 });
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += 30_000)
    t.equal(watchdog.look(postponing, nowMs), undefined);
});
