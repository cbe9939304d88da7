import { wrongUsage } from '../fault.js';
import { type Command, type Invocation, planningOptions } from './command.js';
import type { Io } from './io.js';
import type { Asked, ReadStatements } from './statements.js';

/** The statements come from the run's record. */
const ofStatements: readonly string[] = ['file', 'table', 'alter', 'resume', 'plan'];

export const revertCommand: Command = {
  usage: 'revert [RUN]',
  description: 'undo a run and keep the rows that were written since',
  options: planningOptions.filter((name) => !ofStatements.includes(name)),
  examples: [
    ['$0 revert 3f2a91c0 --dry-run', 'show how, and what cannot be restored'],
    ['$0 revert 3f2a91c0', ''],
  ],
  async execute(invocation: Invocation, io: Io): Promise<number> {
    const { withSession } = await import('./session.js');
    const { planSession } = await import('./results.js');
    const { runSession } = await import('./results.js');
    return await withSession(
      invocation,
      io,
      (session) => (session.dryRun ? planSession(session) : runSession(session)),
      inverseStatements,
    );
  },
};

const inverseStatements: ReadStatements = async ([named, ...more], _, settings): Promise<Asked> => {
  if (more.length > 0) {
    throw wrongUsage(
      `revert: expected one run, got ${[named, ...more].join(' ')}.`,
      'alterwise status lists the runs.',
    );
  }
  const { readReverted } = await import('../revert/read.js');
  return await readReverted(settings, named);
};
