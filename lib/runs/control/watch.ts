import type { Event, Progress } from '../../documents/event.js';
import type { RunNow } from '../../documents/status.js';
import { blockerText } from '../../text/blockers.js';

/** Follows the events of a run, so that it can report at any time what it is doing. */
interface Watch {
  note(event: Event): void;
  now(): Omit<RunNow, 'paused' | 'stopping'>;
}

type Phase = Extract<Event, { type: 'phase' }>;

export function watchRun(statements: number): Watch {
  let phase: Phase | undefined;
  let progress: (Progress & { elapsedMs: number }) | undefined;
  let blockers: readonly string[] = [];
  let since = performance.now();
  let ended = 0;
  const begin = (next: Phase | undefined) => {
    if (next?.phase !== phase?.phase || next?.table !== phase?.table) since = performance.now();
    phase = next;
    progress = undefined;
    blockers = [];
  };
  return {
    note: (event) => {
      if (event.type === 'phase') begin(event);
      if (event.type === 'blockers') blockers = event.blockers.map(blockerText);
      if (event.type === 'progress') {
        const { type: _, table, phase: of, ...rest } = event;
        if (phase?.phase !== of || phase.table !== table)
          begin({ type: 'phase', phase: of, table, text: of });
        progress = rest;
        // A direct ALTER with progress has obtained its lock.
        if (of === 'apply') blockers = [];
      }
      if (event.type === 'outcome') {
        ended++;
        begin(undefined);
      }
    },
    now: () => {
      const counts = { ended, statements };
      if (phase === undefined) return counts;
      const { elapsedMs, ...far } = progress ?? { elapsedMs: undefined };
      return {
        ...counts,
        table: phase.table,
        phase: phase.phase,
        text: phase.text,
        elapsedMs: elapsedMs ?? Math.round(performance.now() - since),
        ...(progress && { progress: far }),
        ...(blockers.length > 0 && { blockers }),
      };
    },
  };
}
