import { isUnknownDatabase, isUnknownTable } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { PlannedAlter } from '../plan/plan.js';
import { type DefinitionState, verifyDefinition } from './definition.js';

/** What stands there by the table's name now. */
export type TableState = DefinitionState | { state: 'gone' };

export async function readTableState(session: Session, statement: PlannedAlter): Promise<TableState> {
  try {
    return await verifyDefinition(session, statement);
  } catch (error) {
    if (isUnknownTable(error) || isUnknownDatabase(error)) return { state: 'gone' };
    throw error;
  }
}

/** Whether it is the table that the plan was made for; a change that keeps the definition cannot tell. */
export function isAsPlanned({ state }: TableState, { promise }: PlannedAlter): boolean {
  return state === 'as-before' || (state === 'as-promised' && promise.after === promise.before);
}
