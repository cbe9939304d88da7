import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { type Reporting, withReporting as report } from '../cli/reporting.js';
import { type Fault, stopped } from '../fault.js';
import { isScriptStopped } from '../scripts/script-folder.js';
import type { LoadedSettings } from '../settings/load.js';

let last: Promise<unknown> = Promise.resolve();
let wasStopped: Fault | undefined;

/**
 * Does one thing at a time for all connections of the process, with its progress on standard error. A signal stops it
 * and restores everything; later changes are refused.
 */
export function withReporting<T>(
  loaded: LoadedSettings,
  work: (reporting: Omit<Reporting, 'stop'>) => Promise<T>,
): Promise<T> {
  const next = last.then(() => reported(loaded, work));
  last = next.catch(() => {});
  return next;
}

async function reported<T>(
  { settings, warnings }: LoadedSettings,
  work: (reporting: Omit<Reporting, 'stop'>) => Promise<T>,
): Promise<T> {
  if (isScriptStopped()) wasStopped ??= noFurther();
  if (wasStopped !== undefined) throw wasStopped;
  const of = { run: randomUUID(), withPlan: settings.verbosity === 'verbose', warnings };
  // A closed standard error is no reason to end a migration.
  process.stderr.on('error', ignore);
  try {
    return await report(settings, of, process.stderr, process, async ({ stop: _, ...reporting }) => {
      try {
        return await work(reporting);
      } finally {
        if (reporting.signal.aborted) wasStopped ??= noFurther();
      }
    });
  } finally {
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
