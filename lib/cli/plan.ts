import { exitCodes } from '../fault.js';
import type { Plan } from '../plan/plan.js';
import { type Command, type Invocation, planningOptions } from './command.js';
import type { Io } from './io.js';
import type { Session } from './session.js';

export const planCommand: Command = {
  usage: 'plan [STATEMENT..]',
  description: 'say what a change would cost and how it would be made; change nothing',
  options: planningOptions.filter((name) => name !== 'dry-run'),
  takesScript: true,
  examples: [
    ['$0 plan "ALTER TABLE orders ADD COLUMN note text"', ''],
    ['$0 plan --file change.sql --format json', ''],
    ['$0 plan -- npx knex migrate:latest', 'of what a script would send, on a copy of the schema'],
  ],
  async execute(invocation: Invocation, io: Io): Promise<number> {
    if (invocation.script !== undefined) {
      const { planOfScript } = await import('./script.js');
      return await planOfScript(invocation, invocation.script, io);
    }
    const { withSession } = await import('./session.js');
    return await withSession(invocation, io, planSession);
  },
};

/** Plans and writes the plan. The exit code is that of the first statement that would be refused. */
export async function planSession({ request, write }: Session): Promise<number> {
  const { plan } = await import('../run.js');
  return writePlan(await plan(request), write);
}

export async function writePlan(planned: Plan, write: Session['write']): Promise<number> {
  const { planAsText } = await import('../plan/text.js');
  const { planAsMarkdown } = await import('../plan/markdown.js');
  const { planAsHtml } = await import('../plan/html.js');
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
