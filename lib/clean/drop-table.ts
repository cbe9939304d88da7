import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { quoteTable } from '../sql/quote.js';

/**
 * Where a DROP of more than this may stall the whole server: before MySQL 8.0.23 it walks the buffer pool under a lock
 * (MySQL bug 98869; MariaDB took the same way until 10.6).
 */
const stallsAboveBytes = 1_000_000_000;
const rowsAtOnce = 5_000;
const pauseMs = 50;

/**
 * Drops a table; a big one is emptied first, a piece at a time, on servers that would stall.
 * @throws what the server says; the next call goes on where this one stopped
 */
export async function dropTable(
  session: Session,
  table: TableName,
  bytes: number | undefined,
): Promise<void> {
  if ((bytes ?? 0) > stallsAboveBytes && (await stallsOnDrop(session))) {
    for (;;) {
      const { affectedRows } = await session.execute(`DELETE FROM ${quoteTable(table)} LIMIT ${rowsAtOnce}`);
      if (affectedRows === 0) break;
      await sleep(pauseMs);
    }
  }
  await session.execute(`DROP TABLE IF EXISTS ${quoteTable(table)}`);
}

async function stallsOnDrop(session: Session): Promise<boolean> {
  const [row] = await session.rows<{ version: string }>('SELECT VERSION() AS version');
  const version = row?.version ?? '';
  const [major = 0, minor = 0, patch = 0] = (/\d+\.\d+\.\d+/.exec(version)?.[0] ?? '').split('.').map(Number);
  const number = major * 10_000 + minor * 100 + patch;
  return /mariadb/i.test(version) ? number < 100_600 : number < 80_023;
}
