import { notStarted, refusal } from './endings.js';
import type { Plan, PlannedStatement } from './plan/plan.js';
import type { StatementResult } from './plan/result.js';
import type { Request } from './request.js';
import { reviewGate } from './review-gate.js';

/**
 * Whether a plan may be run.
 * @returns the results where it may not: a statement is refused, or the plan has to be reviewed first
 * @throws {Fault} exit code 10 where the plan is no longer what was approved
 */
export async function gate(made: Plan, request: Request): Promise<StatementResult[] | undefined> {
  const refused = made.statements.find(({ strategy }) => strategy === 'refuse');
  // Why a plan that was approved does not hold any more says more than that it would be refused now.
  const isJudged = refused === undefined || request.approved !== undefined;
  const waiting = isJudged ? await reviewGate(made, request) : undefined;
  const results = waiting ?? (refused && refuse(made, refused));
  for (const result of results ?? []) request.emit({ type: 'outcome', result });
  return results;
}

/** Where one statement cannot be run, none is. */
function refuse(made: Plan, refused: PlannedStatement): StatementResult[] {
  return made.statements.map((statement) =>
    statement === refused ? refusal(statement) : notStarted(statement),
  );
}
