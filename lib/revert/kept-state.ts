import { readCreatedAt } from '../ghost/tables/kept-table.js';
import { type Column, readShape } from '../inspect/shape.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { normalizeDefinition, renamedTo } from '../probe/definition.js';
import type { KeptTable } from '../runs/record.js';

/**
 * Whether a kept original can be swapped back with what was written since, or why not.
 * @returns `definition`: what the table will be then
 */
export async function keptState(
  session: Session,
  table: TableName,
  { oldTable, createdAt, coordinates }: KeptTable,
): Promise<{ coordinates: string; definition: string } | { lost: string }> {
  const now = await readCreatedAt(session, oldTable);
  if (now === undefined) return { lost: 'it is not there any more' };
  if (createdAt !== now) return { lost: 'a table of that name was made since' };
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
  const [is, was] = [await readShape(session, table), await readShape(session, oldTable)];
  const wanting = was.columns.find((column) => isWanting(column) && !has(is.columns, column));
  return wanting === undefined
    ? { coordinates, definition: renamedTo(normalizeDefinition(was.definition), table.name) }
    : {
        lost: `rows that were written since have no value for ${wanting.name}, which is NOT NULL without a default there`,
      };
}

/** A row that is written without it is refused in strict mode (error 1364). */
function isWanting({ nullable, default: value, generated, extra }: Column): boolean {
  return !nullable && value === undefined && !generated && !/auto_increment/i.test(extra);
}

function has(columns: readonly Column[], { name }: Column): boolean {
  return columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
}
