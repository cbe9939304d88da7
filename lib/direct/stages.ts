import { isServerError } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { Progress } from '../progress/event.js';

/**
 * Switches the server's stage events on while `use` runs, where they are off and the account may, and back off
 * afterwards. They are the only progress of a direct ALTER that MySQL gives (manual, "Monitoring ALTER TABLE
 * Progress for InnoDB Tables Using Performance Schema").
 */
export async function withStages<T>(session: Session, use: () => Promise<T>): Promise<T> {
  const switchedOn = await set(session, 'NO', 'YES');
  try {
    return await use();
  } finally {
    if (switchedOn) await set(session, 'YES', 'NO');
  }
}

async function set(session: Session, from: 'YES' | 'NO', to: 'YES' | 'NO'): Promise<boolean> {
  try {
    const { affectedRows } = await session.execute(
      `UPDATE performance_schema.setup_consumers SET ENABLED='${to}' WHERE NAME='events_stages_current' AND ENABLED='${from}'`,
    );
    return affectedRows > 0;
  } catch (error) {
    if (isServerError(error)) return false; // not allowed, or no performance_schema: then without progress
    throw error;
  }
}

/** Where the statement of another connection is; empty where the server does not say. */
export async function readStage(session: Session, connectionId: number): Promise<Progress> {
  try {
    const [row] = await session.rows<{ stage: string; done: number | null; total: number | null }>(
      `SELECT e.EVENT_NAME AS stage, e.WORK_COMPLETED AS done, e.WORK_ESTIMATED AS total
         FROM performance_schema.events_stages_current e
         JOIN performance_schema.threads t ON t.THREAD_ID=e.THREAD_ID
        WHERE t.PROCESSLIST_ID=?`,
      [connectionId],
    );
    if (row === undefined) return {};
    const stage = row.stage.replace(/^stage\/\w+\//, '');
    // InnoDB's estimate is reached long before the end (measured): it never says that the work is done.
    const percent = row.total ? Math.min(99, Math.floor((100 * Number(row.done)) / Number(row.total))) : undefined;
    return { stage, ...(percent !== undefined && { percent }) };
  } catch (error) {
    if (isServerError(error)) return {};
    throw error;
  }
}
