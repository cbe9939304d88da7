import { ending, resultOf } from '../documents/ending.js';
import type { Plan, PlannedStatement } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { refuseDrift, refuseOtherPlan, refuseRevert } from '../plan/approved.js';
import type { Request } from '../plan/request.js';
import { subjectOf } from '../text/labels.js';
import { notStarted, refusal } from './endings.js';

/**
 * Whether a plan may be run.
 * @returns the results if it may not: a statement is refused, or the plan has to be reviewed first
 * @throws {Fault} exit code 10 if the plan is no longer what was approved; what the signal was aborted with
 */
export async function gate(made: Plan, request: Request): Promise<StatementResult[] | undefined> {
  const refused = made.statements.find(({ strategy }) => strategy === 'refuse');
  // Why a plan that was approved does not hold any more says more than that it would be refused now.
  const isJudged = refused === undefined || request.approved !== undefined;
  const passes = !isJudged || (await isReviewed(made, request));
  if (passes && refused === undefined) return undefined;
  // If one statement cannot be run, none is.
  const results = made.statements.map((statement, index) => {
    if (!passes) return reviewRequired(statement, made, index === 0);
    return statement === refused ? refusal(statement) : notStarted(statement);
  });
  for (const result of results) request.emit({ type: 'outcome', result });
  return results;
}

/** Whether a plan needs no review, or was approved: as a file, by its id, or by a person at the terminal. */
async function isReviewed(made: Plan, request: Request): Promise<boolean> {
  const { settings, approved, resumes, confirm, signal } = request;
  if (approved !== undefined) {
    refuseRevert(approved);
    refuseDrift(approved, made, settings);
    return true;
  }
  if (settings.review.approve !== undefined) {
    refuseOtherPlan(settings.review.approve, made);
    return true;
  }
  if (!made.review.required || (resumes && isSame(made, resumes.planned))) return true;
  if ((await confirm?.(made, signal)) === true) return true;
  signal.throwIfAborted();
  return false;
}

function reviewRequired(statement: PlannedStatement, made: Plan, isFirst: boolean): StatementResult {
  const text = `The plan has to be reviewed: ${made.review.reasons.map((reason) => reason.text).join(' ')}`;
  return resultOf(
    statement,
    ending('not-started', {
      exitCode: exitCodes.reviewRequired,
      reason: { id: 'review-required', text },
      state: `${subjectOf(statement)} was not touched.`,
      ...(isFirst && { next: howToContinue(made) }),
    }),
  );
}

/** What a run that died was allowed to do, the one that resumes it may do as well. */
function isSame({ statements }: Plan, before: NonNullable<Request['resumes']>['planned']): boolean {
  return statements.every(
    ({ strategy, fingerprint }, index) =>
      strategy === 'nothing' ||
      (fingerprint === before[index]?.fingerprint && strategy === before[index]?.strategy),
  );
}

function howToContinue({ id, reverts }: Plan): string {
  if (reverts !== undefined) {
    return `Have the plan read (--dry-run shows it), and run exactly that: alterwise revert ${reverts.slice(0, 8)} --approve ${id}`;
  }
  return `Save the plan with alterwise plan --format json --out plan.json, have it read, and run exactly that: alterwise run --plan plan.json. Or, when this very plan was read: --approve ${id}`;
}
