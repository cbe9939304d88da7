import type { Plan, PlannedAlter } from '../../lib/documents/plan.js';

/** The plan's first statement, which is a change of a table. */
export function plannedAlter({ statements }: Plan): PlannedAlter {
  const [planned] = statements;
  if (planned?.kind !== 'alter') throw new Error('a plan without a change of a table');
  return planned;
}
