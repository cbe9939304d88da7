import { closeSync, openSync, writeSync } from 'node:fs';
import type { Event } from '../documents/event.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Settings } from '../settings/settings.js';
import { errorCode } from '../util/error-code.js';
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
 * @param stream where the display goes: standard error
 * @throws {Fault} exit code 2 if the file of `--events` cannot be opened
 */
export async function reporterFor(
  settings: Choice,
  stream: ReportStream,
  options: ReportOptions,
): Promise<Reporter> {
  const shown = guarded(
    await displayFor(settings, stream, options),
    (event) => isWanted(event, settings.verbosity),
    (error) => stream.write(`alterwise: progress can no longer be shown: ${String(error)}\n`),
  );
  return withEventsFile(settings, options.run, shown);
}

/**
 * What happens, for a listener and for the file of `--events`, if one is set.
 * @throws {Fault} exit code 2 if it cannot be opened
 */
export function withEventsFile(
  { events, verbosity }: Pick<Settings, 'events' | 'verbosity'>,
  run: string,
  listener: Reporter,
): Reporter {
  if (events === undefined) return listener;
  const logged = guarded(
    eventsFile(events, run),
    (event) => isWanted(event, verbosity === 'quiet' ? 'normal' : verbosity),
    (error) => {
      const text = `Events can no longer be written to ${events}: ${String(error)}`;
      listener.emit({ type: 'warning', id: 'events-lost', text });
    },
  );
  const both = [logged, listener];
  return {
    emit: (event) => both.forEach(({ emit }) => void emit(event)),
    stop: () => both.forEach(({ stop }) => void stop()),
  };
}

/** A listener that hears what it wants, until it fails. */
function guarded(
  { emit, stop }: Reporter,
  isWanted: (event: Event) => boolean,
  onFailure: (error: unknown) => void,
): Reporter {
  let hasFailed = false;
  return {
    emit(event) {
      if (hasFailed || !isWanted(event)) return;
      try {
        emit(event);
      } catch (error) {
        hasFailed = true;
        onFailure(error);
      }
    },
    stop,
  };
}

/** Each event is in the file before `emit` returns, so that a crash loses none. */
function eventsFile(path: string, run: string): Reporter {
  let file: number | undefined;
  try {
    file = openSync(path, 'a', 0o600);
  } catch (cause) {
    throw new Fault(
      `--events: expected a file that can be written, got ${path} (${errorCode(cause) ?? String(cause)}).`,
      {
        id: 'events-file',
        exitCode: exitCodes.usage,
        next: 'Name a file in a folder that exists and can be written to.',
        cause,
      },
    );
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

async function displayFor(
  { progress, verbosity, color }: Choice,
  stream: ReportStream,
  options: ReportOptions,
): Promise<Reporter> {
  const isTerminal = stream.isTTY === true;
  const style = { ...options, color: color && isTerminal };
  const isMoving = progress === 'auto' ? isTerminal && process.env.TERM !== 'dumb' : progress === 'terminal';
  if (progress === 'none') return { emit: () => undefined, stop: () => undefined };
  if (progress === 'ndjson') return ndjsonReporter(stream, options.run);
  // If phases are not shown, a moving line has nothing to show.
  if (!isMoving || verbosity === 'quiet') return linesReporter(stream, style);
  return (await import('./terminal.js')).terminalReporter(stream, style);
}

function isWanted({ type }: Event, verbosity: Settings['verbosity']): boolean {
  if (verbosity === 'quiet') return type === 'warning' || type === 'blockers';
  return type !== 'gh-ost' || verbosity === 'verbose';
}
