import { type Command, type Invocation, planningOptions } from './command.js';
import type { Io } from './io.js';
import { planSession } from './results.js';

export const planCommand: Command = {
  usage: 'plan [STATEMENT..]',
  description: 'show what a change would cost and how it would be made; change nothing',
  options: planningOptions.filter((name) => name !== 'dry-run'),
  takesScript: true,
  examples: [
    ['$0 plan "ALTER TABLE orders ADD COLUMN note text"', ''],
    ['$0 plan --file change.sql --format json', ''],
    [
      '$0 plan -- npx knex migrate:latest',
      'of what a script would send, recorded on a scratch copy of the schema',
    ],
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
