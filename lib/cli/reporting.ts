import type { Emit } from '../documents/event.js';
import type { ReportStream } from '../progress/lines.js';
import { reporterFor } from '../progress/reporter.js';
import type { Settings } from '../settings/settings.js';
import type { Io } from './io.js';
import { type Stopping, withSignals } from './signals.js';

/** What a run tells, and what can stop it. */
export interface Reporting extends Stopping {
  run: string;
  emit: Emit;
  /** Gives the terminal back before something else is written. */
  stop(): void;
}

/** Reports what happens while something works, the warnings of its settings first; signals stop it. */
export async function withReporting<T>(
  settings: Pick<Settings, 'progress' | 'verbosity' | 'color' | 'events'>,
  { run, withPlan, warnings }: { run: string; withPlan: boolean; warnings: readonly string[] },
  stream: ReportStream,
  signals: Io['signals'],
  work: (reporting: Reporting) => Promise<T>,
): Promise<T> {
  const { emit, stop } = await reporterFor(settings, stream, { run, withPlan });
  const warn = (id: string, text: string) => emit({ type: 'warning', id, text });
  try {
    for (const text of warnings) warn('settings', text);
    return await withSignals(
      signals,
      (text) => warn('stopping', text),
      (stopping) => work({ ...stopping, run, emit, stop }),
    );
  } finally {
    stop();
  }
}
