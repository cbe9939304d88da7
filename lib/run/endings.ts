import { ending, resultOf } from '../documents/ending.js';
import type { PlannedStatement } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { planAgain, reasons } from '../engines/reasons.js';
import { exitCodes } from '../exit-code.js';
import { defect, Fault } from '../fault.js';
import type { Request } from '../plan/request.js';
import { recordedId } from '../plan/resuming.js';
import { asItWas, subjectOf } from '../text/labels.js';

/** The ending of a statement that has no work, or must not begin; undefined if it is to be run. */
export function withoutWork(statement: PlannedStatement, { signal }: Request): StatementResult | undefined {
  if (statement.strategy === 'refuse') return refusal(statement);
  if (statement.strategy === 'nothing') return nothing(statement);
  if (!signal.aborted) return undefined;
  const reason = reasons.aborted('Stopped on request before it began.');
  return resultOf(statement, ending('aborted', { reason, state: asItWas(subjectOf(statement)) }));
}

export function refusal(statement: PlannedStatement): StatementResult {
  const [reason = { id: 'refused', text: 'Refused.' }] = statement.reasons;
  const { exitCode, next } = statement.refusal ?? {};
  return resultOf(
    statement,
    ending('refused', {
      ...(exitCode !== undefined && { exitCode }),
      reason,
      state: asItWas(subjectOf(statement)),
      ...(next !== undefined && { next }),
    }),
  );
}

export function nothing(statement: PlannedStatement): StatementResult {
  const [reason = { id: 'nothing', text: 'There is nothing to do.' }] = statement.reasons;
  const state =
    reason.id === recordedId
      ? 'This run did not look: the record of that run says that it is done.'
      : `${subjectOf(statement)} is as the statement wants it.`;
  return resultOf(statement, ending('nothing', { reason, state }));
}

/** @param next how to continue; said once, for the first that was not started */
export function notStarted(statement: PlannedStatement, next?: string): StatementResult {
  const reason = { id: 'not-started', text: 'Not started, because another statement did not end well.' };
  const state = `${subjectOf(statement)} was not touched by it.`;
  return resultOf(statement, ending('not-started', { reason, state, ...(next !== undefined && { next }) }));
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
      const { id, exitCode, message: text, state, next } = error;
      const details = { exitCode, reason: { id, text }, state, ...(next !== undefined && { next }) };
      return resultOf(statement, ending('refused', details));
    }
    const subject = subjectOf(statement);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const reason = defect(error);
    emit({ type: 'warning', id: reason.id, table: subject, text });
    return resultOf(
      statement,
      ending('unknown', {
        exitCode: exitCodes.bug,
        reason,
        state: `The state of ${subject} is unknown.`,
        next: 'Look at the table and at SHOW PROCESSLIST, and report the bug with the warning above.',
      }),
    );
  }
}
