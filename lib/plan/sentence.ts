import type { PlannedAlter, PlannedPlain } from './plan.js';
import { tableLabel } from './table-label.js';

/** One plain sentence for the ticket: what is locked, for how long, and who notices. */
export function sentence(statement: Omit<PlannedAlter, 'sentence'> | Omit<PlannedPlain, 'sentence'>): string {
  return statement.table === undefined
    ? 'No table is touched.'
    : `${tableLabel(statement.table)} is changed.`;
}
