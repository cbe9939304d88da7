import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { type Stopping, withSignals } from '../cli/signals.js';
import type { Emit } from '../documents/event.js';
import { type Fault, stopped } from '../fault.js';
import { reporterFor } from '../progress/reporter.js';
import { isScriptStopped } from '../scripts/script-folder.js';
import type { LoadedSettings } from '../settings/load.js';

export interface Reporting extends Stopping {
  run: string;
  emit: Emit;
}

let last: Promise<unknown> = Promise.resolve();
let wasStopped: Fault | undefined;

/**
 * Does one thing at a time for all connections of the process, with its progress on standard error. A signal stops it
 * and restores everything; later changes are refused.
 */
export function withReporting<T>(
  loaded: LoadedSettings,
  work: (reporting: Reporting) => Promise<T>,
): Promise<T> {
  const next = last.then(() => report(loaded, work));
  last = next.catch(() => {});
  return next;
}

async function report<T>(
  { settings, warnings }: LoadedSettings,
  work: (reporting: Reporting) => Promise<T>,
): Promise<T> {
  if (isScriptStopped()) wasStopped ??= noFurther();
  if (wasStopped !== undefined) throw wasStopped;
  const run = randomUUID();
  const reporter = await reporterFor(settings, process.stderr, {
    run,
    withPlan: settings.verbosity === 'verbose',
  });
  // A closed standard error is no reason to end a migration.
  process.stderr.on('error', ignore);
  const warn = (id: string, text: string) => reporter.emit({ type: 'warning', id, text });
  try {
    for (const text of warnings) warn('settings', text);
    return await withSignals(
      process,
      (text) => warn('stopping', text),
      async ({ signal, hurry }) => {
        try {
          return await work({ run, emit: reporter.emit, signal, hurry });
        } finally {
          if (signal.aborted) wasStopped ??= noFurther();
        }
      },
    );
  } finally {
    reporter.stop();
    process.stderr.off('error', ignore);
  }
}

function ignore(): void {}

function noFurther(): Fault {
  return stopped(
    'The process was asked to stop: no further change is started.',
    'Run the same command again: what is done is recognized.',
  );
}
