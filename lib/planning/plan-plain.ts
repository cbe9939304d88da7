import type { PlannedPlain } from '../plan/plan.js';
import type { PlainStatement } from '../sql/statement.js';
import type { PlanningContext } from './context.js';

export async function planPlain(
  _statement: PlainStatement,
  _context: PlanningContext,
): Promise<PlannedPlain> {
  throw new Error('not yet');
}
