import type { PlannedAlter } from '../../documents/plan.js';
import { limitedSelect } from '../../inspect/capabilities.js';
import { unlessRefused } from '../../mysql/errors.js';
import { type Session, withSession } from '../../mysql/session.js';
import { quoteName, quoteTable } from '../../sql/names.js';
import { historyOf } from '../../table/history.js';
import type { EngineContext } from '../engine.js';

/** A history that takes longer to read is not compared. */
const limitMs = 20_000;

/** The history of a system-versioned table up to one moment, as a number that any other history would hardly have. */
interface HistoryMark {
  /** As the server writes the time. */
  until: string;
  rows: number;
  checksum: string;
}

/** What became of the history: compared, or why not. */
export type HistoryEnd = 'same' | 'different' | 'unknown';

/**
 * Notes the history of a table before it is changed.
 * @returns undefined if it has none
 */
export async function noteHistory(
  { table, promise }: PlannedAlter,
  { settings: { connection }, server }: Pick<EngineContext, 'settings' | 'server'>,
): Promise<(() => Promise<HistoryEnd>) | undefined> {
  const history = historyOf(promise.before);
  if (history === undefined || historyOf(promise.after ?? promise.before) === undefined) return undefined;
  const [start, end] = [quoteName(history.start), quoteName(history.end)];
  const read = async (session: Session, until?: string): Promise<HistoryMark | undefined> => {
    const [now] = await session.rows<{ now: string }>('SELECT CAST(NOW(6) AS CHAR) AS now');
    const limit = until ?? now?.now ?? '';
    const rows = await unlessRefused(
      session.rows<{ n: number; s: string }>(
        limitedSelect(
          server,
          limitMs,
          `COUNT(*) AS n, CAST(COALESCE(SUM(CRC32(CONCAT_WS(',', ${start}, ${end}))), 0) AS CHAR) AS s
             FROM ${quoteTable(table)} FOR SYSTEM_TIME ALL WHERE ${end} <= ?`,
        ),
        [limit],
      ),
    );
    const [row] = rows ?? [];
    return row && { until: limit, rows: Number(row.n), checksum: row.s };
  };
  const before = await withSession(connection, {}, (session) => read(session));
  return async () => {
    if (before === undefined) return 'unknown';
    const after = await withSession(connection, {}, (session) => read(session, before.until));
    if (after === undefined) return 'unknown';
    return after.rows === before.rows && after.checksum === before.checksum ? 'same' : 'different';
  };
}
