import type { Session } from '../../mysql/session.js';
import type { RevertTo, TableName } from '../../plan/plan.js';
import { quoteTable } from '../../sql/quote.js';
import { readSwapCoordinates } from './kept-table.js';
import { readLeftovers } from './leftovers.js';

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
