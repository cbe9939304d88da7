import type { Emit } from '../documents/event.js';
import { describe } from '../report/event-text.js';
import { Current } from './current.js';

export interface Reporter {
  emit: Emit;
  /** Ends timers and gives the terminal back. May be called twice. */
  stop(): void;
}

export type ReportStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export interface ReportOptions {
  /** Id of the run, for programs. */
  run: string;
  /** Whether people see the plan among the events; not where it is the result. */
  withPlan?: boolean;
}

/** Events as the lines of a CI log: each thing that happens, and in between the state, every ten seconds. */
export function linesReporter(
  stream: ReportStream,
  { withPlan = false, color, everyMs = 10_000 }: LinesOptions,
): Reporter {
  const current = new Current();
  const style = { color, columns: stream.columns ?? 100 };
  const write = (text: string) => stream.write(`${new Date().toISOString().slice(0, 19)}Z ${text}\n`);
  const timer = setInterval(() => {
    if (current.isActive) write(current.text());
  }, everyMs);
  timer.unref();
  return {
    emit(event) {
      current.note(event);
      if (event.type === 'progress') return;
      // A phase has just been told: its state is due a full interval later.
      if (event.type === 'phase') timer.refresh();
      if (event.type !== 'plan') write(describe(event, style));
      else if (withPlan) stream.write(`${describe(event, style)}\n`);
    },
    stop: () => clearInterval(timer),
  };
}

interface LinesOptions extends Pick<ReportOptions, 'withPlan'> {
  color: boolean;
  /** How often the state is repeated; CI systems end what is silent. */
  everyMs?: number;
}

/** Events for programs: one JSON object a line, as `docs/schema/event.schema.json` describes it. */
export function ndjsonReporter(stream: { write(text: string): unknown }, run: string): Reporter {
  return {
    emit(event) {
      const line = { version: 1, time: new Date().toISOString(), run, ...event };
      stream.write(`${JSON.stringify(line)}\n`);
    },
    stop: () => undefined,
  };
}
