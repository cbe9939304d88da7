import type { Event } from '../documents/event.js';
import type { Settings } from '../settings/settings.js';
import {
  linesReporter,
  ndjsonReporter,
  type Reporter,
  type ReportOptions,
  type ReportStream,
} from './lines.js';

/**
 * The reporter that `--progress`, `--quiet` and `--verbose` ask for. Its `emit` never throws: a display that fails
 * says so once and falls silent, because the migration must go on.
 *
 * @param settings - The settings.
 * @param stream - Where events go: standard error.
 */
export async function reporterFor(
  settings: Pick<Settings, 'progress' | 'verbosity' | 'color'>,
  stream: ReportStream,
  options: ReportOptions,
): Promise<Reporter> {
  const reporter = await make(settings, stream, options);
  let failed = false;
  return {
    emit(event) {
      if (failed || !isWanted(event, settings.verbosity)) return;
      try {
        reporter.emit(event);
      } catch (error) {
        failed = true;
        stream.write(`alterwise: progress cannot be shown any more: ${String(error)}\n`);
      }
    },
    stop: () => reporter.stop(),
  };
}

async function make(
  settings: Pick<Settings, 'progress' | 'verbosity' | 'color'>,
  stream: ReportStream,
  options: ReportOptions,
): Promise<Reporter> {
  const color = settings.color && stream.isTTY === true;
  switch (kindOf(settings, stream)) {
    case 'none':
      return { emit: () => undefined, stop: () => undefined };
    case 'ndjson':
      return ndjsonReporter(stream, options.run);
    case 'lines':
      return linesReporter(stream, { ...options, color });
    case 'terminal':
      return (await import('./terminal.js')).terminalReporter(stream, { ...options, color });
  }
}

function kindOf({ progress, verbosity }: Pick<Settings, 'progress' | 'verbosity'>, stream: ReportStream) {
  // Without phases there is nothing for a moving line to show.
  const moving = verbosity === 'quiet' ? 'lines' : 'terminal';
  if (progress === 'terminal') return moving;
  if (progress !== 'auto') return progress;
  return stream.isTTY && process.env.TERM !== 'dumb' ? moving : 'lines';
}

function isWanted({ type }: Event, verbosity: Settings['verbosity']): boolean {
  if (verbosity === 'quiet') return type === 'warning' || type === 'blockers';
  return type !== 'gh-ost' || verbosity === 'verbose';
}
