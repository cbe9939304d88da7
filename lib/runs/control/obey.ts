import { exitCodes } from '../../exit-code.js';
import { Fault } from '../../fault.js';
import type { EngineValues } from '../../settings/engine-values.js';
import { humanMs } from '../../text/human.js';
import type { Controls, Steering } from '../steering.js';
import type { Answer, Order, RunNow } from './protocol.js';

interface Obeying {
  steering: Steering;
  /** Aborted by `abort`: as by Ctrl-C. */
  stop: AbortController;
  now(): RunNow;
}

/** Does what a run is told from another terminal, and says what is now true. */
export async function obey(order: Order, { steering, stop, now }: Obeying): Promise<Answer> {
  const done = (text: string): Answer => ({ ok: true, text, now: now() });
  switch (order.order) {
    case 'status':
      return done(now().text ?? 'Between two steps.');
    case 'abort':
      if (stop.signal.aborted) return done('It is stopping already.');
      stop.abort(new Fault('Stopped by alterwise abort.', { id: 'aborted', exitCode: exitCodes.aborted }));
      return done('It stops, and puts everything back as it was.');
    case 'cut-over':
      if (steering.controls === undefined) return nothingToSteer;
      if (now().phase === 'cut-over') return done('It is swapping the tables now.');
      steering.cutOverAsked = true;
      return done(
        now().phase === 'wait-cut-over'
          ? 'It swaps the tables as soon as nothing else holds it back.'
          : 'Noted: it swaps the tables when the copy is complete and nothing else holds it back.',
      );
    case 'pause':
    case 'resume':
    case 'set':
      if (steering.controls === undefined) return nothingToSteer;
      if (order.order === 'pause' && now().phase === 'cut-over') return tooLate;
      return steer(order, steering, steering.controls, done);
    default:
      return { ok: false, id: 'not-understood', text: 'The run does not know this order.' };
  }
}

const nothingToSteer: Answer = {
  ok: false,
  id: 'nothing-to-steer',
  text: 'Nothing is being copied by gh-ost now: there is nothing to steer.',
  next: 'alterwise status says what it is at; alterwise abort stops it.',
};

/** A gh-ost that is told to pause in its swap would hold the table's lock, and not apply what is left. */
const tooLate: Answer = {
  ok: false,
  id: 'not-steered',
  text: 'It is swapping the tables now, which takes some seconds: it was not paused.',
  next: 'alterwise status says whether it goes back to waiting; then it can be paused.',
};

async function steer(
  order: Extract<Order, { order: 'pause' | 'resume' | 'set' }>,
  steering: Steering,
  controls: Controls,
  done: (text: string) => Answer,
): Promise<Answer> {
  try {
    if (order.order === 'pause') {
      // First: nothing is to be swapped while gh-ost is told.
      steering.paused = true;
      await controls.pause();
      return done(
        'The copy is paused: neither rows nor changes are written to it. Binlogs are kept until it goes on.',
      );
    }
    if (order.order === 'resume') {
      await controls.resume();
      steering.paused = false;
      return done('The copy goes on.');
    }
    return done(`Now ${valuesText(await controls.set(order.values))}.`);
  } catch (error) {
    const butNow = {
      set: '; of several values the first may be set by now',
      // It may have heard, and would hold the lock of a swap in vain.
      pause: '; until alterwise resume nothing is compared or swapped',
      resume: '',
    }[order.order];
    return {
      ok: false,
      id: 'not-steered',
      text: `gh-ost did not do it: ${error instanceof Error ? error.message : String(error)}`,
      next: `alterwise status says what it is at${butNow}.`,
    };
  }
}

/** `chunk-size=500 max-lag=1.5s` */
function valuesText({ chunkSize, dmlBatchSize, maxLagMs, niceRatio }: EngineValues): string {
  return [
    chunkSize !== undefined && `chunk-size=${chunkSize}`,
    dmlBatchSize !== undefined && `dml-batch-size=${dmlBatchSize}`,
    maxLagMs !== undefined && `max-lag=${humanMs(maxLagMs)}`,
    niceRatio !== undefined && `nice-ratio=${niceRatio}`,
  ]
    .filter(Boolean)
    .join(' ');
}
