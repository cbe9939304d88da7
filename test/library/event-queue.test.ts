import t from 'tap';
import type { Event } from '../../lib/documents/event.js';
import { eventQueue, type RunEvent } from '../../lib/library/event-queue.js';

const said = (text: string): Event => ({ type: 'gh-ost', level: 'info', text });
const progress = (table: string, percent: number): Event => ({
  type: 'progress',
  table,
  phase: 'copy',
  elapsedMs: percent,
  percent,
});
const plan = { type: 'plan', plan: {} } as Event;
const outcome = { type: 'outcome', result: {} } as Event;

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const read: RunEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}

t.test('a reader who comes late, or is slow, gets all of them in their order', async (t) => {
  const queue = eventQueue();
  queue.emit(said('1'));
  const reading = all(queue.events);
  await new Promise(setImmediate);
  for (const text of ['2', '3']) queue.emit(said(text));
  queue.end();
  queue.emit(said('too late'));
  t.same(await reading, [said('1'), said('2'), said('3')]);
  t.same(await queue.events.next(), { done: true, value: undefined });
});

t.test('several that wait for the next one are served in turn', async (t) => {
  const queue = eventQueue();
  const waiting = [queue.events.next(), queue.events.next(), queue.events.next()];
  queue.emit(said('1'));
  queue.emit(said('2'));
  queue.end();
  t.same(await Promise.all(waiting), [
    { done: false, value: said('1') },
    { done: false, value: said('2') },
    { done: true, value: undefined },
  ]);
});

t.test('of the progress of a table only the newest waits', async (t) => {
  const queue = eventQueue();
  for (const event of [progress('a', 1), said('1'), progress('b', 1), progress('a', 2), progress('a', 3)]) {
    queue.emit(event);
  }
  queue.end();
  t.same(await all(queue.events), [said('1'), progress('b', 1), progress('a', 3)]);
});

t.test('what nobody reads is bounded, the reader learns how much went, and no outcome goes', async (t) => {
  const queue = eventQueue(3);
  for (const event of [plan, said('1'), said('2'), said('3'), outcome, outcome, outcome]) queue.emit(event);
  queue.end();
  t.same(await all(queue.events), [{ type: 'missed', events: 3 }, plan, outcome, outcome, outcome]);
});

t.test('who leaves the loop gets no more, and holds up nobody', async (t) => {
  const queue = eventQueue();
  queue.emit(said('1'));
  queue.emit(said('2'));
  for await (const event of queue.events) {
    t.same(event, said('1'));
    break;
  }
  queue.emit(said('3'));
  t.same(await all(queue.events), []);
});
