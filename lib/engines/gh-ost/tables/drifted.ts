import type { PlannedAlter } from '../../../documents/plan.js';
import { isLockWaitTimeout } from '../../../mysql/errors.js';
import { withPatientSession } from '../../../mysql/session.js';
import { isAsPlanned, readTableState } from '../../../verify/definition.js';
import type { GhostContext } from '../flight.js';
import { readStorage, wasEmptied } from './original.js';

/**
 * gh-ost does not notice that the table was changed or dropped until a row of it is written, or for minutes. A
 * look that fails says nothing: the server may be away, or an ALTER hold the table.
 */
export async function hasDrifted(statement: PlannedAlter, { settings }: GhostContext): Promise<boolean> {
  try {
    const state = await withPatientSession(settings.connection, { limitMs: 0 }, (session) =>
      readTableState(session, statement),
    );
    return state !== undefined && !isAsPlanned(state, statement);
  } catch (error) {
    if (isLockWaitTimeout(error)) return false;
    throw error;
  }
}

/**
 * Whether the table was emptied by TRUNCATE, or rebuilt, since gh-ost was started: no row of it tells gh-ost of the first,
 * and the copy would bring them all back. Asked once before a swap.
 */
export async function isEmptied(
  { table }: Pick<PlannedAlter, 'table'>,
  { settings, original }: Pick<GhostContext, 'settings' | 'original'>,
): Promise<boolean> {
  if (original?.storage === undefined) return false;
  const now = await withPatientSession(settings.connection, { limitMs: 0 }, (session) =>
    readStorage(session, table),
  );
  return wasEmptied(original.storage, now);
}
