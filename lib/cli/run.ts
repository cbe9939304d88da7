import { resultView } from '../report/result-view.js';
import { type Change, withChange } from './change.js';
import { type Command, planningOptions } from './command.js';
import { showPlan } from './plan.js';

export const runCommand: Command = {
  name: 'run',
  takes: '[STATEMENT..]',
  description: 'make the change in the cheapest safe way',
  options: [...planningOptions([]), 'detach'],
  takesScript: true,
  examples: [
    ['run "ALTER TABLE orders ADD COLUMN note text"'],
    ['run --file change.sql --dry-run'],
    ['run -- npx knex migrate:latest', 'a script, with its changes made the same way'],
  ],
  async execute(invocation, io) {
    if (invocation.flags.detach !== true) return withChange(invocation, io, runOrPlan);
    const { runDetached } = await import('./detach.js');
    return runDetached(invocation, io);
  },
};

/** Runs, and writes the result; with `--dry-run` plans, and writes the plan. */
export async function runOrPlan(change: Change): Promise<number> {
  if (change.dryRun) return showPlan(change);
  const result = await change.run();
  await change.write(result, resultView(result));
  return result.exitCode;
}
