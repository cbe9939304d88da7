import { exitCodes } from '../fault.js';
import { accept } from '../plan/accept.js';
import type { Check, PlannedPlain } from '../plan/plan.js';
import { resumingDangers } from '../plan/resuming.js';
import { hasKeyword } from '../sql/keywords.js';
import type { PlainStatement, Statement } from '../sql/statement.js';
import { acceptedIds, type PlanningContext } from './context.js';

/**
 * Where a run goes on after another, the session of the other is gone: LAST_INSERT_ID() would be 0, and a SET that
 * reads rows would read what the statements since have made of them. Such a statement is asked about.
 */
export function withoutSession(
  planned: PlannedPlain,
  statement: PlainStatement,
  index: number,
  { earlier, request }: PlanningContext,
): PlannedPlain {
  if (earlier === undefined || planned.strategy !== 'plain') return planned;
  const isDone = (at: number) => earlier.done.has(at);
  if (!isLost(request.statements, statement, index, isDone)) return planned;
  const danger: Check = {
    id: resumingDangers.sessionLost,
    level: 'danger',
    text: `It reads what run ${earlier.run} knew when it ran the statements before: now it would read something else.`,
    fix: `Write the value itself in its place.`,
  };
  const [check = danger] = accept([danger], acceptedIds(request));
  const checks = [...planned.checks, check];
  if (check.accepted) return { ...planned, checks };
  const next = `${danger.fix} Or run it all the same: --accept ${danger.id}`;
  return {
    ...planned,
    checks,
    strategy: 'refuse',
    reasons: [{ id: danger.id, text: danger.text }],
    refusal: { exitCode: exitCodes.refused, next },
  };
}

function isLost(
  statements: readonly Statement[],
  statement: PlainStatement,
  index: number,
  isDone: (index: number) => boolean,
): boolean {
  const isSet = statement.verb === 'SET';
  const others = statements.flatMap((each, at) => (isSaid(each) ? [] : [at]));
  // What nobody reads any more may be anything.
  if (isSet && others.every((at) => at < index || isDone(at))) return false;
  const last = others.findLast((at) => at < index);
  if (last !== undefined && isDone(last) && hasKeyword(statement.sql, ...ofSession)) return true;
  const hasGoneOn = others.some((at) => at > index && isDone(at));
  return isSet && isDone(index) && hasGoneOn && hasKeyword(statement.sql, 'SELECT');
}

const ofSession = ['LAST_INSERT_ID', 'IDENTITY', 'ROW_COUNT', 'FOUND_ROWS'];

/** SET is said again in each run; changes of tables have sessions of their own. */
function isSaid(statement: Statement): boolean {
  return statement.kind === 'alter' || statement.verb === 'SET';
}
