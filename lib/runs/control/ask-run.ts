import { createConnection } from 'node:net';
import type { Answer, Order } from './protocol.js';

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
