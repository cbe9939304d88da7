import type { RunResult } from '../plan/result.js';
import { type Command, type Invocation, planningOptions } from './command.js';
import type { Io } from './io.js';
import type { Session } from './session.js';

export const runCommand: Command = {
  usage: 'run [STATEMENT..]',
  description: 'make the change, the cheapest way that is safe',
  options: [...planningOptions, 'detach'],
  takesScript: true,
  examples: [
    ['$0 run "ALTER TABLE orders ADD COLUMN note text"', ''],
    ['$0 run --file change.sql --dry-run', ''],
    ['$0 run -- npx knex migrate:latest', 'a script, its changes made the same way'],
  ],
  async execute(invocation: Invocation, io: Io): Promise<number> {
    if (invocation.flags.detach === true) {
      const { runDetached } = await import('./detach.js');
      return await runDetached(invocation, io);
    }
    if (invocation.script !== undefined) {
      const { runOfScript } = await import('./script.js');
      return await runOfScript(invocation, invocation.script, io);
    }
    const { withSession } = await import('./session.js');
    const { planSession } = await import('./plan.js');
    return await withSession(invocation, io, (session) =>
      session.dryRun ? planSession(session) : runSession(session),
    );
  },
};

/** Runs, and writes the result. */
export async function runSession({ request, write }: Session): Promise<number> {
  const { run } = await import('../run.js');
  return writeRunResult(await run(request), write);
}

export async function writeRunResult(result: RunResult, write: Session['write']): Promise<number> {
  const { resultAsText } = await import('../plan/result-text.js');
  const { resultAsMarkdown } = await import('../plan/result-markdown.js');
  const { resultAsHtml } = await import('../plan/result-html.js');
  await write(result, (style) => resultAsText(result, style), {
    markdown: () => resultAsMarkdown(result),
    html: () => resultAsHtml(result),
  });
  return result.exitCode;
}
