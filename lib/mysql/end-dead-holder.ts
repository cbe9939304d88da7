import { isServerError } from './errors.js';
import type { Session } from './session.js';

/**
 * Ends the connection that holds a named lock, where it is one whose client has gone. A server does not notice that when
 * the network between the two has gone silent, and keeps the lock for wait_timeout: for hours.
 * @param isDead whether the connection of this id is such a one
 */
export async function endDeadHolder(
  session: Session,
  lock: string,
  isDead: (connectionId: number) => boolean | Promise<boolean>,
): Promise<void> {
  const [row] = await session.rows<{ owner: number | null }>('SELECT IS_USED_LOCK(?) AS owner', [lock]);
  if (row === undefined || row.owner === null || !(await isDead(Number(row.owner)))) return;
  await endConnection(session, Number(row.owner));
}

export async function endConnection(session: Session, connectionId: number): Promise<void> {
  try {
    await session.execute(`KILL ${connectionId}`);
  } catch (error) {
    if (!isServerError(error)) throw error; // it has gone by itself meanwhile
  }
}
