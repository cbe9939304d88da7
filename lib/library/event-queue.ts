import type { Emit, Event } from '../documents/event.js';

/**
 * What a program is told while a run goes on: an {@link Event}; or, by `missed`, that so many were let go in this
 * place, because they were not read in time.
 */
export type RunEvent = Event | { type: 'missed'; events: number };

interface EventQueue {
  /** Takes an event, at once and whatever the reader does. */
  emit: Emit;
  /** Nothing will follow: the reader comes to the end behind what waits. */
  end(): void;
  events: AsyncIterableIterator<RunEvent>;
}

/**
 * Events between a run, which must not wait for its reader, and a reader, who may be slow, or absent. Of the progress
 * of a table only the newest waits. Of the others the oldest go when there are too many; the plan and the outcomes,
 * of which there are no more than statements, never do.
 * @param limit how many events wait at most
 */
export function eventQueue(limit = 1_000): EventQueue {
  const waiting: Event[] = [];
  const readers: ((result: IteratorResult<RunEvent, undefined>) => void)[] = [];
  let missed = 0;
  let ended = false;

  const next = (): RunEvent | undefined => {
    if (missed === 0) return waiting.shift();
    const events = missed;
    missed = 0;
    return { type: 'missed', events };
  };
  const serve = () => {
    while (readers.length > 0) {
      const event = next();
      if (event === undefined && !ended) return;
      readers.shift()?.(
        event === undefined ? { done: true, value: undefined } : { done: false, value: event },
      );
    }
  };
  const end = () => {
    ended = true;
    serve();
  };
  return {
    emit: (event) => {
      if (ended) return;
      forgetProgressBefore(event, waiting);
      waiting.push(event);
      if (waiting.length > limit && letOneGo(waiting)) missed += 1;
      serve();
    },
    end,
    events: {
      next: () =>
        new Promise((resolve) => {
          readers.push(resolve);
          serve();
        }),
      // Who leaves the loop wants no more of them; the run goes on.
      return: async () => {
        waiting.length = 0;
        missed = 0;
        end();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    },
  };
}

function forgetProgressBefore(event: Event, waiting: Event[]): void {
  if (event.type !== 'progress') return;
  const older = waiting.findIndex((other) => other.type === 'progress' && other.table === event.table);
  if (older >= 0) waiting.splice(older, 1);
}

/** @returns whether there was one that may go */
function letOneGo(waiting: Event[]): boolean {
  const oldest = waiting.findIndex(({ type }) => type !== 'plan' && type !== 'outcome');
  if (oldest < 0) return false;
  waiting.splice(oldest, 1);
  return true;
}
