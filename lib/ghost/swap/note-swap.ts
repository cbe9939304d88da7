import { cannotAsk } from '../../mysql/cannot-ask.js';
import { type Session, withSession } from '../../mysql/session.js';
import type { PlannedAlter, TableName } from '../../plan/plan.js';
import type { AwaitedTable } from '../../runs/record.js';
import type { GhostContext } from '../flight.js';
import type { RunningGhost } from '../process/running.js';
import { readCreatedAt } from '../tables/kept-table.js';
import { stampedOldTable } from '../tables/names.js';

/**
 * Notes on the disk what the original will be called, before gh-ost is let swap: should alterwise die before it sees
 * what became of the tables, the record still tells whose the original is.
 */
export async function noteSwap(
  { story }: Pick<RunningGhost, 'story'>,
  { table, revertTo }: PlannedAlter,
  { settings, journal }: Pick<GhostContext, 'settings' | 'journal'>,
): Promise<void> {
  const { startStamp } = story;
  if (journal === undefined || startStamp === undefined) return;
  const name = stampedOldTable(table.name, revertTo === undefined ? startStamp : `${startStamp}_rev`);
  const times = await readTimes(settings.connection, table);
  await journal.swapping(table, { oldTable: { schema: table.schema, name }, ...times });
}

/** A server that cannot be asked now is not waited for: then nothing is proved by them. */
async function readTimes(
  connection: GhostContext['settings']['connection'],
  table: TableName,
): Promise<Pick<AwaitedTable, 'createdAt' | 'clock'>> {
  try {
    return await withSession(connection, {}, async (session) => {
      const createdAt = await readCreatedAt(session, table);
      return { ...(createdAt !== undefined && { createdAt }), clock: await readClock(session) };
    });
  } catch (error) {
    if (cannotAsk(error)) return {};
    throw error;
  }
}

async function readClock(session: Session): Promise<string> {
  const [row] = await session.rows<{ now: string }>('SELECT CAST(NOW() AS CHAR) AS now');
  return row?.now ?? '';
}
