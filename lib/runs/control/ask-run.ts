import { createConnection } from 'node:net';
import type { Answer, Order } from './protocol.js';

/** `absent`: nobody listens there, the run is dead or has ended. `silent`: no answer in time. */
export type NoAnswer = { noAnswer: 'absent' | 'silent' };

/** An order may have to wait until gh-ost has done what it asks for. */
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
    return { noAnswer: 'absent' }; // it has ended in the middle of its answer, or never was there
  }
}
