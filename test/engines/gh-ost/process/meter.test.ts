import t from 'tap';
import { Meter } from '../../../../lib/engines/gh-ost/process/meter.js';
import type { GhostStatus } from '../../../../lib/engines/gh-ost/process/output.js';
import { ghostStatus } from '../../../support/ghost-status.js';

const status = (rowsCopied: number, more: Partial<GhostStatus> = {}) =>
  ghostStatus({ rowsCopied, eventsApplied: 3, backlog: 2, ...more });

t.test('percent, rate and time left are its own, whatever gh-ost prints', async (t) => {
  const meter = new Meter(10_000);
  t.same(meter.measure(status(0), 0), {
    rowsCopied: 0,
    rowsTotal: 10_000,
    percent: 0,
    eventsApplied: 3,
    backlog: 2,
  });
  const first = meter.measure(status(500), 500);
  t.equal(first.rowsPerSecond, undefined, 'after half a second a rate says nothing');
  t.equal(first.etaMs, undefined);
  t.match(meter.measure(status(2_000), 2_000), { percent: 20, rowsPerSecond: 1_000, etaMs: 8_000 });
});

t.test('the rate is that of the last quarter of a minute', async (t) => {
  const meter = new Meter(1_000_000);
  for (let second = 0; second <= 60; second++) meter.measure(status(second * 1_000), second * 1_000);
  for (let second = 61; second <= 80; second++) {
    meter.measure(status(60_000 + (second - 60) * 100), second * 1_000);
  }
  t.match(meter.measure(status(62_100), 81_000), { rowsPerSecond: 100 });
});

t.test('an estimate that was too low: 99 %, not 100, and nobody knows for how long', async (t) => {
  const meter = new Meter(1_000);
  meter.measure(status(0), 0);
  const measured = meter.measure(status(2_500), 5_000);
  t.match(measured, { percent: 99, rowsTotal: 1_000, rowsPerSecond: 500 });
  t.notOk('etaMs' in measured);
});

t.test('what is not known is absent', async (t) => {
  const unknown = new Meter(undefined);
  unknown.measure(status(0), 0);
  const measured = unknown.measure(status(5_000), 5_000);
  t.match(measured, { rowsCopied: 5_000, rowsPerSecond: 1_000 });
  for (const name of ['rowsTotal', 'percent', 'etaMs', 'lagMs', 'throttled'] as const)
    t.notOk(name in measured, name);
  const empty = new Meter(0);
  t.notOk('percent' in empty.measure(status(0), 0), 'nobody knows how much of nothing is done');
});

t.test('while it stands still there is no telling for how long', async (t) => {
  const meter = new Meter(10_000);
  meter.measure(status(0), 0);
  const throttled = meter.measure(
    status(2_000, { throttled: 'throttle-query', heartbeatLagMs: 1_200 }),
    2_000,
  );
  t.match(throttled, { throttled: 'throttle-query', lagMs: 1_200, percent: 20 });
  t.notOk('etaMs' in throttled);
  meter.measure(status(2_000), 20_000);
  t.notOk('etaMs' in meter.measure(status(2_000), 25_000), 'at no rate at all nothing ever ends');
});
