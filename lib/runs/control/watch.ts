import type { Event, Progress } from '../../documents/event.js';
import type { RunNow } from '../../documents/status.js';
import { blockerText } from '../../text/blockers.js';

/** Follows the events of a run, so that it can report at any time what it is doing. */
interface Watch {
  note(event: Event): void;
  now(): Omit<RunNow, 'paused' | 'stopping'>;
}

type Phase = Pick<Extract<Event, { type: 'phase' }>, 'phase' | 'table' | 'text'>;

export function watchRun(statements: number): Watch {
  let current: Phase | undefined;
  let progress: Progress | undefined;
  let blockers: readonly string[] = [];
  let since = performance.now();
  let ended = 0;
  const isNow = ({ phase, table }: Pick<Phase, 'phase' | 'table'>) =>
    current?.phase === phase && current.table === table;
  const begin = (next: Phase | undefined) => {
    if (next === undefined || !isNow(next)) since = performance.now();
    current = next;
    progress = undefined;
    blockers = [];
  };
  return {
    note: (event) => {
      if (event.type === 'phase') begin(event);
      if (event.type === 'blockers') blockers = event.blockers.map(blockerText);
      if (event.type === 'progress') {
        const { type: _, table, phase, elapsedMs, ...far } = event;
        if (!isNow(event)) begin({ phase, table, text: phase });
        since = performance.now() - elapsedMs;
        progress = far;
        // A direct ALTER with progress has obtained its lock.
        if (phase === 'apply') blockers = [];
      }
      if (event.type === 'outcome') {
        ended++;
        begin(undefined);
      }
    },
    now: () => {
      const counts = { ended, statements };
      if (current === undefined) return counts;
      const { table, phase, text } = current;
      return {
        ...counts,
        table,
        phase,
        text,
        elapsedMs: Math.round(performance.now() - since),
        ...(progress && { progress }),
        ...(blockers.length > 0 && { blockers }),
      };
    },
  };
}
