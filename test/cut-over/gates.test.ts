import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { type Gate, lookAgain, manualGate, pauseGate, stallGate } from '../../lib/cut-over/gate.js';
import { lagGate } from '../../lib/cut-over/lag-gates.js';
import { windowGate } from '../../lib/cut-over/window.js';

async function textOf(gate: Gate): Promise<string> {
  const closed = await gate();
  return closed === undefined ? 'open' : `${closed.id}: ${closed.text}`;
}

t.test('a person says when', async (t) => {
  const steering = { cutOverAsked: false };
  t.equal(await textOf(manualGate('auto', steering)), 'open');
  const gate = manualGate('manual', steering);
  t.equal(await textOf(gate), 'cut-over-manual: somebody to run alterwise cut-over');
  steering.cutOverAsked = true;
  t.equal(await textOf(gate), 'open');
  t.match(await textOf(manualGate('manual', undefined)), 'cut-over-manual');
});

t.test('a run that is paused does not swap', async (t) => {
  t.equal(await textOf(pauseGate(undefined)), 'open');
  t.equal(await textOf(pauseGate({ paused: false })), 'open');
  t.match(await textOf(pauseGate({ paused: true })), /^cut-over-paused: .*alterwise resume/);
});

t.test('the window, and how long it is until then', async (t) => {
  const window = { fromMinute: 120, toMinute: 300, timeZone: 'Europe/Berlin' };
  const at = (time: string, neededMs = 10_000) => windowGate(window, neededMs, () => new Date(time));
  t.equal(await textOf(windowGate(undefined, 10_000)), 'open');
  t.equal(
    await textOf(at('2026-06-10T20:48:00Z')),
    'cut-over-window: the window 02:00-05:00 Europe/Berlin (opens in 3h 12m)',
  );
  t.equal(await textOf(at('2026-06-10T02:59:00Z')), 'open');
  t.match(await textOf(at('2026-06-10T02:59:55Z')), 'opens in 21h');
  t.match(await textOf(at('2026-06-10T01:00:00Z', 4 * 3_600_000)), 'too short for an attempt');
  const [early, late] = [await at('2026-06-10T20:48:00Z')(), await at('2026-06-10T20:49:00Z')()];
  t.equal(early?.reason, late?.reason, 'the time that is left is no other reason');
});

t.test('attempts stay within what writers may bear; a person may want one more', async (t) => {
  const stall = { attempts: 0, heldMs: 0 };
  const steering = { cutOverAsked: false };
  const gate = stallGate({ totalMs: 10_000, attemptMs: 4_000 }, stall, steering);
  t.equal(await textOf(gate), 'open');
  Object.assign(stall, { attempts: 1, heldMs: 6_000 });
  t.equal(await textOf(gate), 'open');
  Object.assign(stall, { attempts: 2, heldMs: 6_001 });
  t.match(
    await textOf(gate),
    /^stall-budget: somebody to run alterwise cut-over: 2 attempts held writers for 6s, .* --stall-budget-total 10s$/,
  );
  steering.cutOverAsked = true;
  t.equal(await textOf(gate), 'open');
});

t.test('the copy is close behind', async (t) => {
  const gate = (status: Parameters<typeof lagGate>[0]) =>
    lagGate(status, () => ({ backlog: 100, lagMs: 1_500 }));
  const cases: [Awaited<ReturnType<Parameters<typeof lagGate>[0]>>, string | RegExp][] = [
    [{ backlog: 100, heartbeatLagMs: 1_499 }, 'open'],
    [{ backlog: 0 }, 'open'],
    [undefined, 'cut-over-lag: an answer of gh-ost'],
    [{ backlog: 101, heartbeatLagMs: 10 }, /catch up: backlog 101 \(limit 100\)/],
    [{ backlog: 0, heartbeatLagMs: 1_500 }, /it lags by 1\.5s \(limit 1\.5s\)/],
    [{ backlog: 0, heartbeatLagMs: 9, throttled: 'max-load' }, /it is paused: max-load/],
  ];
  for (const [status, wanted] of cases) t.match(await textOf(gate(async () => status)), wanted);
});

t.test('after a gate that had to wait, the moment is looked at again', async (t) => {
  let lags = false;
  const lag: Gate = async () => (lags ? { id: 'cut-over-lag', text: 'the copy' } : undefined);
  const quiet =
    (ms: number): Gate =>
    async () => {
      await sleep(ms);
      lags = true;
      return undefined;
    };
  t.equal(await textOf(lookAgain(quiet(0), [lag], 60_000)), 'open', 'what was just seen holds');
  t.equal(await textOf(lookAgain(quiet(20), [lag], 10)), 'cut-over-lag: the copy');
  t.equal(
    await textOf(lookAgain(async () => ({ id: 'stall-budget', text: 'x' }), [lag], 0)),
    'stall-budget: x',
  );
});
