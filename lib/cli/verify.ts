import { exitCodes } from '../exit-code.js';
import { type Change, withChange } from './change.js';
import { type Command, planningOptions } from './command.js';

export const verifyCommand: Command = {
  name: 'verify',
  takes: '[STATEMENT..]',
  description: 'check that every change is in place: the gate between migrating and deploying',
  options: planningOptions(['plan', 'resume', 'dry-run']),
  takesScript: true,
  examples: [
    ['verify --file change.sql'],
    ['verify -- npx knex migrate:latest', 'check that a script has nothing left to run'],
  ],
  execute: (invocation, io) => withChange(invocation, io, showMissing),
};

/** Exit code 8 if something is missing, or if a script has something left to run, or failed before it had sent it all. */
async function showMissing({ plan, write }: Change): Promise<number> {
  const { inPlace, isAllInPlace } = await import('../plan/already-applied.js');
  const { inPlaceAsText } = await import('../report/status.js');
  const found = inPlace(await plan());
  const exitCode = isAllInPlace(found) ? exitCodes.done : exitCodes.verificationFailed;
  await write({ version: 1, exitCode, ...found }, inPlaceAsText(found));
  return exitCode;
}
