import { randomUUID } from 'node:crypto';
import type { Event } from '../documents/event.js';
import type { Request } from '../plan/request.js';
import { reporterFor } from '../progress/reporter.js';
import type { Settings } from '../settings/settings.js';
import type { Invocation } from './command.js';
import { confirmation } from './confirm.js';
import { givenRun, tellBegun } from './detach.js';
import type { Io } from './io.js';
import { writeResult } from './output.js';
import { loadFor } from './settings-of.js';
import { withSignals } from './signals.js';
import { type ReadStatements, readStatements } from './statements.js';

/** What a command over statements works with. */
export interface Session {
  request: Request;
  dryRun: boolean;
  /** `--bookkeeping`: for a script. */
  bookkeeping: readonly string[];
  /** Writes the plan or the result as `--format` and `--out` say. */
  write(value: unknown, asText: (style: TextStyle) => string, as?: Renderings): Promise<void>;
}

/** The same as a comment of a pull request, and as a page. */
export interface Renderings {
  markdown(): string;
  html(): string;
}

export interface TextStyle {
  color: boolean;
  columns: number;
}

/**
 * What `plan` and `run` share: settings, statements, reporter and signals around the work itself.
 *
 * @param work - The work; its exit code becomes the command's.
 * @param read - Where the statements come from; by default from the command line.
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
  const reporter = await reporterFor(besideScript(settings, invocation), io.stderr, {
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
          write: async (value, asText, as) => {
            reporter.stop();
            await write(settings, io, value, asText, as);
          },
        }),
    );
  } finally {
    reporter.stop();
  }
}

/** A line that moves and what a script writes would write over one another. */
function besideScript(settings: Settings, { script }: Invocation): Settings {
  const isMoving = script !== undefined && settings.progress === 'auto';
  return isMoving ? { ...settings, progress: 'lines' } : settings;
}

async function write(
  { format, out, color }: Settings,
  io: Io,
  value: unknown,
  asText: Parameters<Session['write']>[1],
  as?: Renderings,
): Promise<void> {
  const terminal = out === undefined && io.stdout.isTTY === true;
  const style = { color: color && terminal, columns: terminal ? (io.stdout.columns ?? 80) : 100 };
  const text =
    format === 'json'
      ? `${JSON.stringify(value, null, 2)}\n`
      : format === 'text' || as === undefined
        ? asText(style)
        : as[format]();
  await writeResult(text, out, io);
}
