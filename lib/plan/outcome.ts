import { type ExitCode, exitCodes } from '../fault.js';
import type { PlannedStatement } from './plan.js';
import type { OutcomeName, StatementResult } from './result.js';

const codes: Readonly<Record<OutcomeName, ExitCode>> = {
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

export type OutcomeDetails = Omit<StatementResult, 'sql' | 'table' | 'strategy' | 'outcome' | 'exitCode'> & {
  exitCode?: ExitCode;
};

/** The result of one statement; its exit code is that of its outcome, unless the details know better. */
export function outcome(
  statement: PlannedStatement,
  name: OutcomeName,
  details: OutcomeDetails,
): StatementResult {
  const { sql, table, strategy } = statement;
  return { sql, ...(table && { table }), strategy, outcome: name, exitCode: codes[name], ...details };
}
