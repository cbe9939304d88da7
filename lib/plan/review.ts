import type { PlannedStatement, Reason, Review } from '../documents/plan.js';
import { tableLabel } from '../sql/names.js';
import { writesRows } from '../sql/statement.js';
import { humanCount } from '../text/human.js';

/**
 * Whether a person has to look at the plan before it is run: a large table is worked on, or a danger was accepted.
 * @param limit rows above which a table is large
 */
export function review(statements: readonly PlannedStatement[], limit: number): Review {
  const works = statements.filter(({ strategy }) => strategy !== 'nothing' && strategy !== 'refuse');
  const reasons = works.flatMap((statement) => [...largeTable(statement, limit), ...accepted(statement)]);
  return { required: reasons.length > 0, reasons };
}

function largeTable(statement: PlannedStatement, limit: number): Reason[] {
  const { table, kind } = statement;
  const { rows } = statement.estimate;
  if (table === undefined || rows === undefined || rows <= limit) return [];
  const many = `${humanCount(rows)} rows, more than --review-rows (${humanCount(limit)}).`;
  const text =
    kind === 'plain' && writesRows(statement.verb)
      ? `${statement.verb} of ${tableLabel(table)} looks at ${many}`
      : `${tableLabel(table)} has ${many}`;
  return [{ id: 'review-rows', text }];
}

function accepted({ table, checks }: PlannedStatement): Reason[] {
  return checks
    .filter((check) => check.accepted)
    .map(({ id, text }) => ({
      id: 'accepted-danger',
      text: `The danger ${id}${table === undefined ? '' : ` of ${tableLabel(table)}`} was accepted: ${text}`,
    }));
}
