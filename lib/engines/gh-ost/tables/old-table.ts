import type { RevertTo } from '../../../documents/plan.js';
import type { KeptTable } from '../../../documents/record.js';
import { isServerError } from '../../../mysql/errors.js';
import type { Session } from '../../../mysql/session.js';
import { quoteTable, type TableName } from '../../../sql/names.js';
import { readLeftovers } from './leftovers.js';
import { shadowTables } from './names.js';

/** What tells a table that was kept from another one that bears its name later. */
export async function keptTable(
  session: Session,
  oldTable: TableName,
  coordinates: string | undefined,
): Promise<KeptTable> {
  const createdAt = await readCreatedAt(session, oldTable);
  return {
    oldTable,
    ...(createdAt !== undefined && { createdAt }),
    ...(coordinates !== undefined && { coordinates }),
  };
}

/** As the server gives it now; a RENAME changes it on MySQL 5.7 and MariaDB (measured). @returns undefined where there is no such table */
export async function readCreatedAt(
  session: Session,
  { schema, name }: TableName,
): Promise<string | undefined> {
  const [row] = await session.rows<{ createdAt: string | null }>(
    `SELECT CAST(CREATE_TIME AS CHAR) AS createdAt FROM information_schema.TABLES
      WHERE TABLE_SCHEMA=? AND TABLE_NAME=?`,
    [schema, name],
  );
  return row?.createdAt ?? undefined;
}

/**
 * Up to where the binlog is in both tables: gh-ost notes it after the swap, and a revert reads on from there.
 * @param earlier those of the swap that is taken back, which a revert finds there from the beginning
 */
export async function readSwapCoordinates(
  session: Session,
  table: TableName,
  earlier = '',
): Promise<string | undefined> {
  const checkpoint = quoteTable({ schema: table.schema, name: shadowTables(table.name).checkpoint });
  try {
    const [row] = await session.rows<{ coordinates: string }>(
      `SELECT gh_ost_chk_coords AS coordinates FROM ${checkpoint} WHERE gh_ost_is_cutover=1
        AND gh_ost_chk_coords<>? ORDER BY gh_ost_chk_id DESC LIMIT 1`,
      [earlier],
    );
    return row?.coordinates;
  } catch (error) {
    if (isServerError(error)) return undefined; // it kept none
    throw error;
  }
}

/** Drops the checkpoints that `readNoted` finds. */
export async function dropNoted(session: Session, table: TableName, to: Noted): Promise<void> {
  const checkpoint = await readNoted(session, table, to);
  if (checkpoint === undefined) return;
  await session.execute(`DROP TABLE ${quoteTable({ schema: table.schema, name: checkpoint })}`);
}

type Noted = Pick<RevertTo, 'coordinates'>;

/**
 * Checkpoints that a run has left which died behind its swap. They hold the very GTID set that a revert goes on from, and
 * nothing else that it needs: it makes them anew. Where a copy or a changelog is there too, it is more than that.
 * @returns the name of their table
 */
export async function readNoted(
  session: Session,
  table: TableName,
  { coordinates }: Noted,
): Promise<string | undefined> {
  const { ghost, changelog, checkpoint } = await readLeftovers(session, table);
  if (checkpoint === undefined || ghost !== undefined || changelog !== undefined) return undefined;
  return (await readSwapCoordinates(session, table)) === coordinates ? checkpoint : undefined;
}
