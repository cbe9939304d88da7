import { ending, resultOf } from '../documents/ending.js';
import type { PlannedStatement } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { planAgain, reasons } from '../engines/reasons.js';
import { exitCodes } from '../exit-code.js';
import { defect, Fault } from '../fault.js';
import type { Request } from '../plan/request.js';
import { subjectOf } from '../text/labels.js';

/** The endings of a statement that need no look at the server. */

export function refusal(statement: PlannedStatement): StatementResult {
  const [reason] = statement.reasons;
  return resultOf(
    statement,
    ending('refused', {
      ...(statement.refusal && { exitCode: statement.refusal.exitCode }),
      reason: reason ?? { id: 'refused', text: 'Refused.' },
      state: `${subjectOf(statement)} is as it was.`,
      ...(statement.refusal && { next: statement.refusal.next }),
    }),
  );
}

export function nothing(statement: PlannedStatement): StatementResult {
  return resultOf(
    statement,
    ending('nothing', {
      reason: statement.reasons[0] ?? { id: 'in-place', text: 'Already in place.' },
      state: `${subjectOf(statement)} is as the statement wants it.`,
    }),
  );
}

/** @param next how to continue; said once, for the first that was not started */
export function notStarted(statement: PlannedStatement, next?: string): StatementResult {
  return resultOf(
    statement,
    ending('not-started', {
      reason: { id: 'not-started', text: 'Not started, because another statement did not end well.' },
      state: `${subjectOf(statement)} was not touched by it.`,
      ...(next !== undefined && { next }),
    }),
  );
}

export function abortedBefore(statement: PlannedStatement): StatementResult {
  return resultOf(
    statement,
    ending('aborted', {
      reason: reasons.aborted('Stopped on request before it began.'),
      state: `${subjectOf(statement)} is as it was.`,
    }),
  );
}

export function drifted(statement: PlannedStatement): StatementResult {
  return resultOf(
    statement,
    ending('refused', {
      exitCode: exitCodes.drifted,
      reason: reasons.drifted('The definition is no longer the one that the plan was made for.'),
      state: `This run changed nothing; somebody else has changed ${subjectOf(statement)}.`,
      next: planAgain,
    }),
  );
}

/** Whatever is thrown while one statement runs is its ending: the statements before it have theirs already. */
export async function endOf(
  statement: PlannedStatement,
  { emit }: Request,
  work: () => Promise<StatementResult>,
): Promise<StatementResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) {
      const { id, exitCode, state, next } = error;
      return resultOf(
        statement,
        ending('refused', {
          exitCode,
          reason: { id, text: error.message },
          state,
          ...(next !== undefined && { next }),
        }),
      );
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const reason = defect(error);
    emit({ type: 'warning', id: reason.id, table: subjectOf(statement), text });
    return resultOf(
      statement,
      ending('unknown', {
        exitCode: exitCodes.bug,
        reason,
        state: `The state of ${subjectOf(statement)} is unknown.`,
        next: 'Look at the table and at SHOW PROCESSLIST, and report the bug with the warning above.',
      }),
    );
  }
}
