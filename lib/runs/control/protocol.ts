import { createConnection } from 'node:net';
import type { RunNow } from '../../documents/status.js';
import type { EngineValues } from '../../settings/live-settings.js';

/** An order to a running run: one line of JSON over its socket, answered by one line. */
export type Order =
  | { order: 'status' }
  | { order: 'pause' }
  | { order: 'resume' }
  | { order: 'set'; values: EngineValues }
  | { order: 'cut-over' }
  | { order: 'abort' };

export type Answer =
  /** `text`: the new state, for people. */
  { ok: true; text: string; now: RunNow } | { ok: false; id: string; text: string; next?: string };

export function notUnderstood(text: string): Answer {
  return { ok: false, id: 'not-understood', text };
}

/** Orders are short; longer input is not an order. */
export const longestLine = 10_000;

/** `absent`: nothing listens there, because the run died or has ended. `silent`: no answer in time. */
export type NoAnswer = { noAnswer: 'absent' | 'silent' };

/** An order is answered once gh-ost has carried it out. */
const usualLimitMs = 15_000;

/** Gives a run an order and returns its answer. Never throws. */
export function askRun(path: string, order: Order, limitMs = usualLimitMs): Promise<Answer | NoAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection(path);
    const timer = setTimeout(() => {
      resolve({ noAnswer: 'silent' });
      socket.destroy();
    }, limitMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(order)}\n`));
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(parsed(text));
    });
  });
}

function parsed(text: string): Answer | NoAnswer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return { noAnswer: 'absent' }; // it ended while it answered, or was never there
  }
}
