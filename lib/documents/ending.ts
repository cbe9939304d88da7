import { type ExitCode, exitCodes } from '../exit-code.js';
import type { PlannedStatement } from './plan.js';
import type { OutcomeName, StatementResult } from './result.js';

/** The exit codes with which each outcome can end; the first is the usual one. */
interface Codes {
  done: [typeof exitCodes.done];
  nothing: [typeof exitCodes.done];
  /** What was refused says by its exit code why. */
  refused: [typeof exitCodes.refused, ExitCode];
  'lock-timeout': [typeof exitCodes.lockTimeout];
  /** A direct ALTER that took too long was stopped by alterwise itself. */
  aborted: [typeof exitCodes.aborted, typeof exitCodes.lockTimeout];
  failed: [typeof exitCodes.ghostFailed, typeof exitCodes.drifted];
  'verification-failed': [typeof exitCodes.verificationFailed];
  unknown: [typeof exitCodes.unknown, typeof exitCodes.bug];
  'not-started': [typeof exitCodes.done, typeof exitCodes.reviewRequired];
}

const usualCode: { readonly [Outcome in OutcomeName]: Codes[Outcome][0] } = {
  done: exitCodes.done,
  nothing: exitCodes.done,
  refused: exitCodes.refused,
  'lock-timeout': exitCodes.lockTimeout,
  aborted: exitCodes.aborted,
  failed: exitCodes.ghostFailed,
  'verification-failed': exitCodes.verificationFailed,
  unknown: exitCodes.unknown,
  'not-started': exitCodes.done,
};

type CodeOf<Outcome extends OutcomeName> = Codes[Outcome][number];

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
  return { outcome, exitCode: usualCode[outcome], ...details } as Ending;
}

/** The ending of a statement as its result. */
export function resultOf({ sql, table, strategy }: PlannedStatement, ended: Ending): StatementResult {
  return { sql, ...(table && { table }), strategy, ...ended };
}
