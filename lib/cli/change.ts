import { randomUUID } from 'node:crypto';
import type { Plan } from '../documents/plan.js';
import type { RunResult } from '../documents/result.js';
import type { Request } from '../plan/request.js';
import { viewAsText } from '../report/text.js';
import type { View } from '../report/view.js';
import type { Settings } from '../settings/settings.js';
import { confirmation } from './ask.js';
import type { Invocation } from './command.js';
import { givenRun, tellBegun } from './detached.js';
import type { Io } from './io.js';
import { asDocument, styleOf, writeResult } from './output.js';
import { withReporting } from './reporting.js';
import { loadFor } from './settings.js';
import { type ReadStatements, readStatements } from './sources.js';

/** What a command that plans or makes a change works with. */
export interface Change {
  request: Request;
  dryRun: boolean;
  /** The plan; of a script, of what it would send. */
  plan(): Promise<Plan>;
  run(): Promise<RunResult>;
  /** Writes a document, or for people its report, as `--format` and `--out` say. */
  write(document: object, report: View | string): Promise<void>;
}

/**
 * What `plan`, `run`, `verify` and `revert` share: settings, statements, reporter and signals around the work itself.
 * @param work its exit code becomes the command's
 * @param read where the statements come from; by default the command line
 */
export async function withChange(
  invocation: Invocation,
  io: Io,
  work: (change: Change) => Promise<number>,
  read: ReadStatements = readStatements,
): Promise<number> {
  const { command, positionals, script } = invocation;
  const { settings, values, warnings } = await loadFor(invocation, io);
  const scripted = script && (await import('./script.js'));
  const asked = await (scripted?.noneYet ?? read)(positionals, values, settings, io);
  const dryRun = values['dry-run'] ?? command.name === 'plan';
  const confirm = confirmation(io);
  // A moving line and the output of a script would overwrite each other.
  const progress = script !== undefined && settings.progress === 'auto' ? 'lines' : settings.progress;
  const of = { run: givenRun ?? randomUUID(), withPlan: !dryRun, warnings };
  return await withReporting(
    { ...settings, progress },
    of,
    io.stderr,
    io.signals,
    async ({ stop, ...reporting }) => {
      const request = { ...asked, ...reporting, settings, begins: tellBegun, ...(confirm && { confirm }) };
      const { plan, run } = await import('../run/run.js');
      const ways = scripted
        ? scripted.ofScript(invocation, io, request, values.bookkeeping ?? [])
        : { plan: () => plan(request), run: () => run(request) };
      const write = async (document: object, report: View | string) => {
        stop();
        await writeResult(await rendered(document, report, settings, io), settings.out, io);
      };
      return await work({ request, dryRun, ...ways, write });
    },
  );
}

async function rendered(
  document: object,
  report: View | string,
  { format, out, color }: Settings,
  { stdout }: Io,
): Promise<string> {
  if (format === 'json') return asDocument(document);
  if (typeof report === 'string') return report;
  if (format === 'markdown') return (await import('../report/markdown.js')).viewAsMarkdown(report);
  if (format === 'html') return (await import('../report/html.js')).viewAsHtml(report);
  return viewAsText(report, styleOf(out === undefined ? stdout : undefined, color));
}
