import { type ExitCode, exitCodes } from '../exit-code.js';
import type { PlannedStatement } from './plan.js';
import type { OutcomeName, StatementResult } from './result.js';

/** The exit codes with which each outcome can end; the first is the usual one. */
const codes = {
  done: [exitCodes.done],
  nothing: [exitCodes.done],
  /** What was refused says by its exit code why. */
  refused: [exitCodes.refused, ...(Object.values(exitCodes) as ExitCode[])],
  'lock-timeout': [exitCodes.lockTimeout],
  /** A direct ALTER that took too long was stopped by alterwise itself. */
  aborted: [exitCodes.aborted, exitCodes.lockTimeout],
  failed: [exitCodes.ghostFailed, exitCodes.drifted],
  'verification-failed': [exitCodes.verificationFailed],
  unknown: [exitCodes.unknown, exitCodes.bug],
  'not-started': [exitCodes.done, exitCodes.reviewRequired],
} as const satisfies Readonly<Record<OutcomeName, readonly [ExitCode, ...ExitCode[]]>>;

type CodeOf<Outcome extends OutcomeName> = (typeof codes)[Outcome][number];

/** Why it ended so, what the table is now, what to do next, and what was measured. */
type Details = Omit<StatementResult, 'sql' | 'table' | 'strategy' | 'outcome' | 'exitCode'>;

/**
 * How a statement ended. Engines return it, and results and exit codes are it: an ending is never translated into another
 * vocabulary.
 */
export type Ending = {
  [Outcome in OutcomeName]: Details & { outcome: Outcome; exitCode: CodeOf<Outcome> };
}[OutcomeName];

/** @param details its exit code is the usual one of the outcome unless it is given here */
export function ending<Outcome extends OutcomeName>(
  outcome: Outcome,
  details: Details & { exitCode?: CodeOf<Outcome> },
): Ending {
  return { outcome, exitCode: codes[outcome][0], ...details } as Ending;
}

/** The ending of a statement as its result. */
export function resultOf({ sql, table, strategy }: PlannedStatement, ended: Ending): StatementResult {
  return { sql, ...(table && { table }), strategy, ...ended };
}
