import { closeSync, openSync, writeSync } from 'node:fs';
import type { Event } from '../documents/event.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Settings } from '../settings/settings.js';
import {
  linesReporter,
  ndjsonReporter,
  type Reporter,
  type ReportOptions,
  type ReportStream,
} from './lines.js';

type Choice = Pick<Settings, 'progress' | 'verbosity' | 'color' | 'events'>;

/**
 * Everybody who listens to the events of a run: the display that `--progress`, `--quiet` and `--verbose` ask for, and the
 * file of `--events`. Its `emit` never throws: a listener that fails is reported once and left out, because the
 * migration must go on.
 *
 * @param stream - Where the display goes: standard error.
 * @throws {Fault} exit code 2 if the file of `--events` cannot be opened
 */
export async function reporterFor(
  settings: Choice,
  stream: ReportStream,
  options: ReportOptions,
): Promise<Reporter> {
  const file = settings.events === undefined ? undefined : eventsFile(settings.events, options.run);
  const made = await make(settings, stream, options);
  const display: Reporter = {
    emit: (event) => isWanted(event, settings.verbosity) && made.emit(event),
    stop: made.stop,
  };
  const shown = compose([display], (error) => {
    stream.write(`alterwise: progress can no longer be shown: ${String(error)}\n`);
  });
  if (file === undefined) return shown;
  const isLogged = ({ type }: Event) => type !== 'gh-ost' || settings.verbosity === 'verbose';
  const written: Reporter = { emit: (event) => isLogged(event) && file.emit(event), stop: file.stop };
  const logged = compose([written], (error) => {
    const text = `Events can no longer be written to ${settings.events}: ${String(error)}`;
    shown.emit({ type: 'warning', id: 'events-lost', text });
  });
  return compose([logged, shown], () => undefined);
}

/** Several listeners to the same events. One that throws is left out from then on. */
export function compose(listeners: readonly Reporter[], onFailure: (error: unknown) => void): Reporter {
  const failed = new Set<Reporter>();
  return {
    emit(event) {
      for (const listener of listeners) {
        if (failed.has(listener)) continue;
        try {
          listener.emit(event);
        } catch (error) {
          failed.add(listener);
          onFailure(error);
        }
      }
    },
    stop() {
      for (const listener of listeners) listener.stop();
    },
  };
}

/** Each event is in the file before `emit` returns, so that a crash loses none. */
function eventsFile(path: string, run: string): Reporter {
  let file: number | undefined;
  try {
    file = openSync(path, 'a', 0o600);
  } catch (cause) {
    throw new Fault(`--events: expected a file that can be written, got ${path}: ${String(cause)}`, {
      id: 'events-file',
      exitCode: exitCodes.usage,
      next: 'Name a file in a folder that exists and can be written to.',
      cause,
    });
  }
  const write = (text: string) => file !== undefined && writeSync(file, text);
  return {
    emit: ndjsonReporter({ write }, run).emit,
    stop() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

async function make(settings: Choice, stream: ReportStream, options: ReportOptions): Promise<Reporter> {
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

function kindOf({ progress, verbosity }: Choice, stream: ReportStream) {
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
