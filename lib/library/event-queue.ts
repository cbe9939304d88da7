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
  let missed = 0;
  let isOver = false;
  let wake = () => {};
  const end = () => {
    isOver = true;
    wake();
  };
  async function* read(): AsyncGenerator<RunEvent, undefined> {
    try {
      for (;;) {
        const event = waiting[0];
        if (missed > 0) {
          const events = missed;
          missed = 0;
          yield { type: 'missed', events };
        } else if (event !== undefined) {
          waiting.shift();
          yield event;
        } else if (isOver) {
          return undefined;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      // The reader has left the loop; the run continues.
      isOver = true;
    }
  }
  const emit: Emit = (event) => {
    if (isOver) return;
    if (event.type === 'progress') {
      remove(waiting, (other) => other.type === 'progress' && other.table === event.table);
    }
    waiting.push(event);
    if (waiting.length > limit && remove(waiting, ({ type }) => type !== 'plan' && type !== 'outcome')) {
      missed += 1;
    }
    wake();
  };
  return { emit, end, events: read() };
}

/** Removes the oldest of some events. @returns whether there was one */
function remove(waiting: Event[], isMeant: (event: Event) => boolean): boolean {
  const index = waiting.findIndex(isMeant);
  if (index >= 0) waiting.splice(index, 1);
  return index >= 0;
}
