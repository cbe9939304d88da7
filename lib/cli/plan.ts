import { exitCodes } from '../fault.js';
import type { Plan } from '../plan/plan.js';
import { type Command, type Invocation, planningOptions } from './command.js';
import type { Io } from './io.js';
import type { Session } from './session.js';

export const planCommand: Command = {
  usage: 'plan [STATEMENT..]',
  description: 'say what a change would cost and how it would be made; change nothing',
  options: planningOptions.filter((name) => name !== 'dry-run'),
  examples: [
    ['$0 plan "ALTER TABLE orders ADD COLUMN note text"', ''],
    ['$0 plan --file change.sql --format json', ''],
  ],
  async execute(invocation: Invocation, io: Io): Promise<number> {
    const { withSession } = await import('./session.js');
    return await withSession(invocation, io, planSession);
  },
};

/** Plans and writes the plan. The exit code is that of the first statement that would be refused. */
export async function planSession({ request, write }: Session): Promise<number> {
  const { plan } = await import('../run.js');
  const { planAsText } = await import('../plan/text.js');
  const { planAsMarkdown } = await import('../plan/markdown.js');
  const { planAsHtml } = await import('../plan/html.js');
  const planned = await plan(request);
  await write(planned, (style) => planAsText(planned, style), {
    markdown: () => planAsMarkdown(planned),
    html: () => planAsHtml(planned),
  });
  return refusalOf(planned);
}

function refusalOf({ statements }: Plan): number {
  const refused = statements.find(({ strategy }) => strategy === 'refuse');
  return refused ? (refused.refusal?.exitCode ?? exitCodes.refused) : exitCodes.done;
}
