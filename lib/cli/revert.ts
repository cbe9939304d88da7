import { wrongUsage } from '../fault.js';
import { withChange } from './change.js';
import { type Command, planningOptions } from './command.js';
import { runOrPlan } from './run.js';
import type { ReadStatements } from './sources.js';

export const revertCommand: Command = {
  name: 'revert',
  takes: '[RUN]',
  description: 'undo a run and keep the rows that were written since',
  options: planningOptions(['file', 'table', 'alter', 'resume', 'plan']),
  examples: [['revert 3f2a91c0 --dry-run', 'show how, and what cannot be restored'], ['revert 3f2a91c0']],
  execute: (invocation, io) => withChange(invocation, io, runOrPlan, inverseStatements),
};

/** The statements come from the run's record. */
const inverseStatements: ReadStatements = async ([named, ...more], _, settings) => {
  if (more.length > 0) {
    throw wrongUsage(
      `revert: expected one run, got ${[named, ...more].join(' ')}.`,
      'alterwise status lists the runs.',
    );
  }
  const { readReverted } = await import('../revert/read.js');
  return await readReverted(settings, named);
};
