import { Current } from './current.js';
import { describe } from './describe.js';
import type { Reporter, ReportOptions, ReportStream } from './reporter.js';

export interface LinesOptions extends Pick<ReportOptions, 'withPlan'> {
  color: boolean;
  /** How often the state is repeated; CI systems end what is silent. */
  everyMs?: number;
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
