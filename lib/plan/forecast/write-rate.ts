import { isServerError } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import type { TableName } from '../plan.js';

/** How many rows were written when. */
export interface Written {
  rows: number;
  atMs: number;
}

/** In less time a rate is chance. */
const leastMs = 500;

/**
 * Rows written to a table since the server counts them (performance_schema.table_io_waits_summary_by_table; an index of it
 * leads to the one table).
 * @returns undefined where the server does not count, or does not tell
 */
export async function readWritten(session: Session, table: TableName): Promise<Written | undefined> {
  try {
    const [row] = await session.rows<{ written: number | string }>(
      `SELECT w.COUNT_INSERT+w.COUNT_UPDATE+w.COUNT_DELETE AS written
         FROM performance_schema.table_io_waits_summary_by_table w
         JOIN performance_schema.setup_instruments i ON i.NAME='wait/io/table/sql/handler' AND i.ENABLED='YES'
        WHERE w.OBJECT_TYPE='TABLE' AND w.OBJECT_SCHEMA=? AND w.OBJECT_NAME=?`,
      [table.schema, table.name],
      { limitMs: 5_000 },
    );
    return row === undefined ? undefined : { rows: Number(row.written), atMs: performance.now() };
  } catch (error) {
    if (isServerError(error)) return undefined; // no right to look, or no such counters
    throw error;
  }
}

/** Rows a second between the two; undefined where it is not known. */
export function rateOf(before: Written | undefined, after: Written | undefined): number | undefined {
  if (before === undefined || after === undefined || after.atMs - before.atMs < leastMs) return undefined;
  // The counters can be set back (TRUNCATE of the summary table).
  if (after.rows < before.rows) return undefined;
  return ((after.rows - before.rows) / (after.atMs - before.atMs)) * 1_000;
}
