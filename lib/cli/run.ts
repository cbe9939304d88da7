import { type Command, type Invocation, planningOptions } from './command.js';
import type { Io } from './io.js';
import { runSession } from './results.js';

export const runCommand: Command = {
  usage: 'run [STATEMENT..]',
  description: 'make the change in the cheapest safe way',
  options: [...planningOptions, 'detach'],
  takesScript: true,
  examples: [
    ['$0 run "ALTER TABLE orders ADD COLUMN note text"', ''],
    ['$0 run --file change.sql --dry-run', ''],
    ['$0 run -- npx knex migrate:latest', 'a script, with its changes made the same way'],
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
    const { planSession } = await import('./results.js');
    return await withSession(invocation, io, (session) =>
      session.dryRun ? planSession(session) : runSession(session),
    );
  },
};
