import type { RunNow } from '../../documents/status.js';
import { stopped } from '../../fault.js';
import { engineValuesText } from '../../settings/live-settings.js';
import type { Controls, Steering } from '../steering.js';
import { type Answer, notUnderstood, type Order } from './socket.js';

interface Obeying {
  steering: Steering;
  /** Aborted by `abort`: as by Ctrl-C. */
  stop: AbortController;
  now(): RunNow;
}

/** Carries out an order from another terminal, and answers with the new state. */
export async function obey(order: Order, { steering, stop, now }: Obeying): Promise<Answer> {
  const done = (text: string): Answer => ({ ok: true, text, now: now() });
  const { phase } = now();
  switch (order.order) {
    case 'status':
      return done(now().text ?? 'Between two steps.');
    case 'abort':
      if (stop.signal.aborted) return done('It is already stopping.');
      stop.abort(stopped('Stopped by alterwise abort.'));
      return done('It is stopping, and restores everything as it was.');
    case 'cut-over':
      if (steering.controls === undefined) return nothingToSteer;
      if (phase === 'cut-over') return done('The cut-over is in progress.');
      steering.cutOverAsked = true;
      return done(
        phase === 'wait-cut-over'
          ? 'It cuts over as soon as nothing else holds it back.'
          : 'Noted: it cuts over once the row copy is complete and nothing else holds it back.',
      );
    case 'pause':
    case 'resume':
    case 'set':
      if (steering.controls === undefined) return nothingToSteer;
      if (order.order === 'pause' && phase === 'cut-over') return tooLate;
      try {
        return done(await steer(order, steering, steering.controls));
      } catch (error) {
        return notSteered(
          `gh-ost did not obey: ${error instanceof Error ? error.message : String(error)}`,
          `alterwise status shows what the run is doing${doubts[order.order]}.`,
        );
      }
    default:
      return notUnderstood('The run does not know this order.');
  }
}

const nothingToSteer: Answer = {
  ok: false,
  id: 'nothing-to-steer',
  text: 'gh-ost is not copying rows now; there is nothing to steer.',
  next: 'alterwise status shows what the run is doing; alterwise abort stops it.',
};

/** A gh-ost paused during its cut-over would hold the table's lock without applying the backlog. */
const tooLate = notSteered(
  'The cut-over is in progress and takes a few seconds; the run was not paused.',
  'Watch alterwise status: if the cut-over is postponed, the run can be paused.',
);

/** What may have happened all the same. A gh-ost that has paused would block a cut-over. */
const doubts = {
  set: '; the first of several values may have been set',
  pause: '; until alterwise resume there is no comparison and no cut-over',
  resume: '',
};

function notSteered(text: string, next: string): Answer {
  return { ok: false, id: 'not-steered', text, next };
}

async function steer(
  order: Extract<Order, { order: 'pause' | 'resume' | 'set' }>,
  steering: Steering,
  controls: Controls,
): Promise<string> {
  switch (order.order) {
    case 'pause':
      // First, so that no cut-over begins meanwhile.
      steering.paused = true;
      await controls.pause();
      return 'Paused: gh-ost copies no rows and applies no changes. Keep the binary logs until it is resumed.';
    case 'resume':
      await controls.resume();
      steering.paused = false;
      return 'Resumed.';
    case 'set':
      return `Now ${engineValuesText(await controls.set(order.values))}.`;
  }
}
