import type { Emit, Event } from '../documents/event.js';

/** An {@link Event} of a run; or `missed`: how many were dropped here because they were not read in time. */
export type RunEvent = Event | { type: 'missed'; events: number };

interface EventQueue {
  /** Takes an event at once, whatever the reader does. */
  emit: Emit;
  /** No more events: the reader ends after those that are waiting. */
  end(): void;
  events: AsyncIterableIterator<RunEvent>;
}

/**
 * Queues events for a reader that may be slow or absent, because the run must not wait for it. Of a table's progress
 * only the newest waits. Of the others the oldest are dropped beyond `limit`, but never the plan and the outcomes.
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
      if (waiting.length > limit && dropOldest(waiting)) missed += 1;
      serve();
    },
    end,
    events: {
      next: () =>
        new Promise((resolve) => {
          readers.push(resolve);
          serve();
        }),
      // The reader has left the loop; the run continues.
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

/** @returns whether an event could be dropped */
function dropOldest(waiting: Event[]): boolean {
  const oldest = waiting.findIndex(({ type }) => type !== 'plan' && type !== 'outcome');
  if (oldest < 0) return false;
  waiting.splice(oldest, 1);
  return true;
}
