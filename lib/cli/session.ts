import { randomUUID } from 'node:crypto';
import type { Event } from '../documents/event.js';
import type { Request } from '../plan/request.js';
import { reporterFor } from '../progress/reporter.js';
import type { View } from '../report/view.js';
import type { Settings } from '../settings/settings.js';
import type { Invocation } from './command.js';
import { confirmation } from './confirm.js';
import { givenRun, tellBegun } from './detach.js';
import type { Io } from './io.js';
import { styleOf, writeResult } from './output.js';
import { loadFor } from './settings-of.js';
import { withSignals } from './signals.js';
import { type ReadStatements, readStatements } from './statements.js';

/** What a command over statements works with. */
export interface Session {
  request: Request;
  dryRun: boolean;
  /** `--bookkeeping`: for a script. */
  bookkeeping: readonly string[];
  /** Writes a document, or for people its report, as `--format` and `--out` say. */
  write(document: object, report: View | string): Promise<void>;
}

/**
 * What `plan` and `run` share: settings, statements, reporter and signals around the work itself.
 * @param work its exit code becomes the command's
 * @param read where the statements come from; by default the command line
 */
export async function withSession(
  invocation: Invocation,
  io: Io,
  work: (session: Session) => Promise<number>,
  read: ReadStatements = readStatements,
): Promise<number> {
  const loaded = await loadFor(invocation, io);
  const { command, positionals } = invocation;
  const { settings, values, warnings } = loaded;
  const asked = await read(positionals, values, settings, io);
  const confirm = confirmation(io);
  const dryRun = values['dry-run'] ?? command.usage.startsWith('plan');
  const run = givenRun ?? randomUUID();
  const reporter = await reporterFor(shownProgress(settings, invocation), io.stderr, {
    run,
    withPlan: !dryRun,
  });
  const warn = (id: string, text: string) => reporter.emit({ type: 'warning', id, text } satisfies Event);
  try {
    for (const text of warnings) warn('settings', text);
    return await withSignals(
      io.signals,
      (text) => warn('stopping', text),
      ({ signal, hurry }) =>
        work({
          request: {
            run,
            ...asked,
            settings,
            emit: reporter.emit,
            signal,
            hurry,
            begins: tellBegun,
            ...(confirm && { confirm }),
          },
          dryRun,
          bookkeeping: values.bookkeeping ?? [],
          write: async (document, report) => {
            reporter.stop();
            await writeResult(await rendered(document, report, settings, io), settings.out, io);
          },
        }),
    );
  } finally {
    reporter.stop();
  }
}

/** A moving line and the output of a script would overwrite each other. */
function shownProgress({ progress, verbosity, color, events }: Settings, { script }: Invocation) {
  const isMoving = script !== undefined && progress === 'auto';
  return {
    progress: isMoving ? ('lines' as const) : progress,
    verbosity,
    color,
    ...(events !== undefined && { events }),
  };
}

async function rendered(
  document: object,
  report: View | string,
  settings: Settings,
  io: Io,
): Promise<string> {
  const { format, out, color } = settings;
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  if (typeof report === 'string') return report;
  if (format === 'markdown') return (await import('../report/markdown.js')).viewAsMarkdown(report);
  if (format === 'html') return (await import('../report/html.js')).viewAsHtml(report);
  const { viewAsText } = await import('../report/text.js');
  return viewAsText(report, styleOf(out === undefined ? io.stdout : undefined, color));
}
