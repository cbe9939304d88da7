import { readCreatedAt } from '../ghost/kept-table.js';
import type { Session } from '../mysql/session.js';
import type { KeptTable } from '../runs/record.js';

/** Whether a kept original can be swapped back with what was written since, or why not. */
export async function keptState(
  session: Session,
  { oldTable, createdAt, coordinates }: KeptTable,
): Promise<{ coordinates: string } | { lost: string }> {
  const now = await readCreatedAt(session, oldTable);
  if (now === undefined) return { lost: 'it is not there any more' };
  if (createdAt !== undefined && now !== createdAt) return { lost: 'a table of that name was made since' };
  if (coordinates === undefined) {
    return {
      lost: 'gh-ost noted no GTID at the swap, and a revert without would lose writes (gtid_mode is not ON)',
    };
  }
  const [row] = await session.rows<{ kept: number | null }>(
    'SELECT GTID_SUBSET(@@GLOBAL.gtid_purged, ?) AS kept',
    [coordinates],
  );
  if (!row?.kept) return { lost: 'the server has purged binlogs with writes since the swap' };
  return { coordinates };
}
