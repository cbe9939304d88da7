import t from 'tap';
import type { RunNow } from '../../lib/documents/status.js';
import { Fault } from '../../lib/fault.js';
import { obey } from '../../lib/runs/control/obey.js';
import { type Controls, Steering } from '../../lib/runs/steering.js';

const controls: Controls = { pause: async () => {}, resume: async () => {}, set: async (values) => values };

function runAt(phase: RunNow['phase'], copies: boolean) {
  const steering = Object.assign(new Steering(), copies ? { controls } : {});
  const now = (): RunNow => ({
    ended: 0,
    statements: 1,
    paused: false,
    stopping: false,
    ...(phase && { phase }),
  });
  return { steering, stop: new AbortController(), now };
}

t.test('cut-over is said of a table that is being copied, and of no other', async (t) => {
  const direct = runAt('apply', false);
  t.match(await obey({ order: 'cut-over' }, direct), { ok: false, id: 'nothing-to-steer' });
  t.notOk(direct.steering.cutOverAsked, 'nor of the next one');
  const copying = runAt('copy', true);
  t.match(await obey({ order: 'cut-over' }, copying), { ok: true, text: /^Noted/ });
  t.ok(copying.steering.cutOverAsked);
});

t.test('abort stops a run as Ctrl-C does', async (t) => {
  const copying = runAt('copy', true);
  t.match(await obey({ order: 'abort' }, copying), { ok: true });
  t.match(
    copying.stop.signal.reason,
    new Fault('Stopped by alterwise abort.', { id: 'aborted', exitCode: 6 }),
  );
});

t.test('nothing is swapped while gh-ost is told to pause', async (t) => {
  const waiting = runAt('wait-cut-over', true);
  waiting.steering.controls = { ...controls, pause: async () => void t.ok(waiting.steering.paused) };
  t.match(await obey({ order: 'pause' }, waiting), { ok: true });
  waiting.steering.controls = { ...controls, pause: () => Promise.reject(new Error('silent')) };
  t.match(await obey({ order: 'pause' }, waiting), { ok: false, next: /until alterwise resume there is no/ });
  t.ok(waiting.steering.paused, 'it may have heard');
});

t.test('a swap is not paused in its middle', async (t) => {
  const swapping = runAt('cut-over', true);
  t.match(await obey({ order: 'pause' }, swapping), { ok: false, id: 'not-steered', text: /cut-over/ });
  t.notOk(swapping.steering.paused);
  const waiting = runAt('wait-cut-over', true);
  t.match(await obey({ order: 'pause' }, waiting), { ok: true });
  t.ok(waiting.steering.paused);
});
