import { migrationLockName } from '../ghost/tables/names.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { runLockName } from '../run-lock.js';

/**
 * Whether a run of ours or a gh-ost is at work on a table: it holds a named lock of the server.
 * @param isLocked the lock of runs is held by whoever asks
 */
export async function isBusy(session: Session, table: TableName, isLocked = false): Promise<boolean> {
  const [row] = await session.rows<{ ours: number | null; theirs: number | null }>(
    'SELECT IS_USED_LOCK(?) AS ours, IS_USED_LOCK(?) AS theirs',
    [runLockName(table), migrationLockName(table)],
  );
  return row === undefined || (row.ours !== null && !isLocked) || row.theirs !== null;
}
