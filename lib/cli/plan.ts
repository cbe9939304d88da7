import { exitCodes } from '../exit-code.js';
import { planView } from '../report/plan-view.js';
import { type Change, withChange } from './change.js';
import { type Command, planningOptions } from './command.js';

export const planCommand: Command = {
  name: 'plan',
  takes: '[STATEMENT..]',
  description: 'show what a change would cost and how it would be made; change nothing',
  options: planningOptions(['dry-run']),
  takesScript: true,
  examples: [
    ['plan "ALTER TABLE orders ADD COLUMN note text"'],
    ['plan --file change.sql --format json'],
    [
      'plan -- npx knex migrate:latest',
      'of what a script would send, recorded on a scratch copy of the schema',
    ],
  ],
  execute: (invocation, io) => withChange(invocation, io, showPlan),
};

/** Plans, and writes the plan. The exit code is that of the first statement that would be refused. */
export async function showPlan({ plan, write }: Change): Promise<number> {
  const { scriptFailure } = await import('../scripts/run-script.js');
  const made = await plan();
  await write(made, planView(made));
  const refused = made.statements.find(({ strategy }) => strategy === 'refuse');
  if (refused) return refused.refusal?.exitCode ?? exitCodes.refused;
  return scriptFailure(made) === undefined ? exitCodes.done : exitCodes.refused;
}
