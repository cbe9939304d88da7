import { isServerError } from '../mysql/errors.js';
import { readProcesses } from '../mysql/processlist.js';
import type { Session } from '../mysql/session.js';
import type { Progress } from '../progress/event.js';

/**
 * Where the statement of another connection is; empty where the server does not say. Needs the consumer
 * `events_stages_current` (MySQL manual, "Monitoring ALTER TABLE Progress for InnoDB Tables Using Performance
 * Schema").
 */
export async function readStage(session: Session, connectionId: number): Promise<Progress> {
  try {
    const [row] = await session.rows<{ stage: string; done: number | null; total: number | null }>(
      `SELECT e.EVENT_NAME AS stage, e.WORK_COMPLETED AS done, e.WORK_ESTIMATED AS total
         FROM performance_schema.events_stages_current e
         JOIN performance_schema.threads t ON t.THREAD_ID=e.THREAD_ID
        WHERE t.PROCESSLIST_ID=?`,
      [connectionId],
    );
    if (row === undefined) return await readState(session, connectionId);
    const stage = row.stage.replace(/^stage\/\w+\//, '');
    // InnoDB's estimate is reached long before the end (measured): it never says that the work is done.
    const percent = row.total
      ? Math.min(99, Math.floor((100 * Number(row.done)) / Number(row.total)))
      : undefined;
    return { stage, ...(percent !== undefined && { percent }) };
  } catch (error) {
    if (isServerError(error)) return {};
    throw error;
  }
}

/** MariaDB has no stage for the second half of a copy; what the processlist calls it is better than nothing. */
async function readState(session: Session, connectionId: number): Promise<Progress> {
  const process = (await readProcesses(session)).find(({ id }) => id === connectionId);
  return process?.state ? { stage: process.state } : {};
}
