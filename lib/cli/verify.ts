import type { Plan } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { type Command, type Invocation, planningOptions } from './command.js';
import type { Io } from './io.js';
import type { Session } from './session.js';

/** Nothing runs. */
const unwanted: readonly string[] = ['plan', 'resume', 'dry-run'];

export const verifyCommand: Command = {
  usage: 'verify [STATEMENT..]',
  description: 'check that every change is in place: the gate between migrating and deploying',
  options: planningOptions.filter((name) => !unwanted.includes(name)),
  takesScript: true,
  examples: [
    ['$0 verify --file change.sql', ''],
    ['$0 verify -- npx knex migrate:latest', 'check that a script has nothing left to run'],
  ],
  async execute(invocation: Invocation, io: Io): Promise<number> {
    const { script } = invocation;
    if (script === undefined) {
      const { withSession } = await import('./session.js');
      const { plan } = await import('../run/run.js');
      return await withSession(invocation, io, async (session) =>
        answer(await plan(session.request), session),
      );
    }
    const { planned, withScript } = await import('./script.js');
    return await withScript(invocation, script, io, async (command, session) =>
      answer((await planned(command, session.request, session.bookkeeping)).made, session),
    );
  },
};

/** Exit code 8 if something is missing, or if a script has something left to run, or failed before it had sent it all. */
async function answer(made: Plan, { write }: Session): Promise<number> {
  const { inPlace, isAllInPlace } = await import('../plan/already-applied.js');
  const { inPlaceAsText } = await import('../report/status.js');
  const found = inPlace(made);
  const exitCode = isAllInPlace(found) ? exitCodes.done : exitCodes.verificationFailed;
  await write({ version: 1, exitCode, ...found }, inPlaceAsText(found));
  return exitCode;
}
