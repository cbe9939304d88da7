import { setTimeout as sleep } from 'node:timers/promises';
import { isUnconvertible } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';

const tries = 5;
const pauseMs = 100;

/**
 * How many rows the open transaction of a connection has changed, in all tables (manual, "The INFORMATION_SCHEMA
 * INNODB_TRX Table", TRX_ROWS_MODIFIED); of one that has none open, 0. Needs PROCESS.
 * @returns undefined where it cannot be known: on MySQL 9.7 INNODB_TRX cannot be read while anybody runs a statement
 * with a character of four bytes (error 3854, measured)
 */
export async function rowsChanged(session: Session, connectionId: number): Promise<number | undefined> {
  for (let n = 1; ; n++) {
    try {
      const [row] = await session.rows<{ count: number | string | null }>(
        'SELECT SUM(TRX_ROWS_MODIFIED) AS count FROM information_schema.INNODB_TRX WHERE TRX_MYSQL_THREAD_ID=?',
        [connectionId],
      );
      return Number(row?.count ?? 0);
    } catch (error) {
      if (!isUnconvertible(error)) throw error;
      if (n === tries) return undefined;
      await sleep(pauseMs);
    }
  }
}
