import { exitCodes, Fault } from '../fault.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import { migrationLockName } from './names.js';

/**
 * A gh-ost at work on the table does not survive somebody else's ALTER, and two of them destroy each other's
 * work. From 1.1.10 on it holds a named lock.
 * @throws {Fault} exit code 11
 */
export async function refuseRunningGhost(session: Session, table: TableName): Promise<void> {
  const [row] = await session.rows<{ owner: number | null }>('SELECT IS_USED_LOCK(?) AS owner', [
    migrationLockName(table),
  ]);
  if (row === undefined || row.owner === null) return;
  throw new Fault(`gh-ost is at work on ${tableLabel(table)} already (connection ${row.owner}).`, {
    id: 'gh-ost-running',
    exitCode: exitCodes.environment,
    state: 'This run changed nothing; the other goes on.',
    next: 'Wait for it to end.',
  });
}
