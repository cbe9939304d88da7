import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedAlter } from '../../../documents/plan.js';
import type { AwaitedTable } from '../../../documents/record.js';
import { cannotAsk } from '../../../mysql/errors.js';
import { type Session, withSession } from '../../../mysql/session.js';
import type { TableName } from '../../../sql/names.js';
import type { GhostContext } from '../context.js';
import type { RunningGhost } from '../process/running.js';
import { SocketError } from '../process/socket.js';
import { stampedOldTable } from '../tables/names.js';
import { readCreatedAt } from '../tables/revert-checkpoint.js';

export type AttemptEnd = 'exited' | 'postponed-again' | 'hung' | 'aborted';

/**
 * For a gh-ost that answers: it may wait for its heartbeat before it asks for the lock, and holds nobody up then. What it
 * was ordered cannot be taken back: until it has tried, it is not postponing again, whatever it says.
 */
const patienceMs = 300_000;

/**
 * Lets gh-ost try once to cut over, and sees how it ends: gh-ost ends as well, or postpones again. It waits
 * for its lock for twice the timeout, holds it for as long at most, and answers all the while; one that is silent
 * for longer may hold the lock, and has to be ended at once. Asked to stop, it lets the attempt end first.
 */
export async function attempt(
  ghost: RunningGhost,
  { settings, hurry }: Pick<GhostContext, 'settings' | 'hurry'>,
): Promise<AttemptEnd> {
  const start = performance.now();
  const timeoutMs = settings.ghost.cutOverLockTimeoutSeconds * 1_000;
  const { attempts } = ghost.log;
  let isTold = await tell(ghost);
  for (let answeredAt = start; ; ) {
    await Promise.race([ghost.exited, sleep(300)]);
    const status = await ghost.status(1_000);
    const now = performance.now();
    if (ghost.exit() !== undefined) return 'exited';
    if (hurry?.aborted) return 'aborted';
    if (status !== undefined) answeredAt = now;
    const hasTried = ghost.log.attempts > attempts;
    const postpones = status?.state === 'postponing-cut-over';
    // After a failed attempt it may be throttled before it gets to postponing.
    const waits = postpones || status?.state === 'throttled';
    if (hasTried && waits && !ghost.log.isCuttingOver) return 'postponed-again';
    if (!isTold && !hasTried && postpones) isTold = await tell(ghost);
    if (now - answeredAt > 4 * timeoutMs + 2_000 || now - start > 4 * timeoutMs + patienceMs) return 'hung';
  }
}

/** @returns whether it has heard it; one that is ending, or hangs, may have all the same */
async function tell(ghost: RunningGhost): Promise<boolean> {
  try {
    await ghost.command('cut-over');
    return true;
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return false;
  }
}

/**
 * Notes on the disk what the old table will be called, before gh-ost is released: should alterwise die before it sees
 * what became of the tables, the record still tells whose the original is.
 */
export async function recordUpcomingCutOver(
  { log }: Pick<RunningGhost, 'log'>,
  { table, revertTo }: PlannedAlter,
  { settings, journal }: Pick<GhostContext, 'settings' | 'journal'>,
): Promise<void> {
  const { startStamp } = log;
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
