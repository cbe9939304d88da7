import type { Emit } from '../documents/event.js';
import type { Blocker } from '../documents/result.js';
import { readBlockers, rowsChanged } from '../inspect/blockers.js';
import type { ServerFacts } from '../inspect/server.js';
import { isServerError, isUnknownThread } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { KillSettings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { blockerText } from '../text/blockers.js';
import { counted, humanMs } from '../text/human.js';

export interface BlockerEnder {
  /** Whose connections were ended so far, as they were seen last. */
  readonly ended: readonly Blocker[];
  /** Told of all that are in the way now, again and again; ends those that have been for too long. */
  look(session: Session, blockers: readonly Blocker[]): Promise<void>;
}

/** After a pause in which nobody looked, what is held may have been given back and taken again. */
const pauseMs = 15_000;

/**
 * `--kill-blockers-after`: ends connections that are seen to hold the table for so long, all the time by the same
 * transaction. Never one that may not be known to hold it, one whose transaction has changed many rows or nobody knows
 * how many (to roll them back takes as long as it took to change them), and none that is not an ordinary client's:
 * replication and events have threads of their own kind.
 * @param pids of processes whose connections are spared: the engine's
 * @returns undefined where it is off
 */
export function blockerEnder(
  { afterMs, spareRows }: KillSettings,
  server: ServerFacts,
  table: TableName,
  { emit, pids = [] }: { emit: Emit; pids?: readonly number[] },
): BlockerEnder | undefined {
  if (afterMs === undefined) return undefined;
  const seenAt = new Map<string, number>();
  const settled = new Set<string>();
  const ended: Blocker[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  const endOrSpare = async (session: Session, holder: Blocker) => {
    const why =
      (await whyNot(session, holder, spareRows, pids)) ??
      ((await stillHolds(session, server, table, holder)) ? await end(session, holder) : hasGone);
    if (why === undefined) ended.push(holder);
    const [id, verdict] =
      why === undefined
        ? ['blocker-ended', `Ended by --kill-blockers-after ${humanMs(afterMs)}`]
        : ['blocker-spared', `Not ended, for ${why}`];
    emit({ type: 'warning', id, table: tableLabel(table), text: `${verdict}: ${blockerText(holder)}` });
  };
  return {
    ended,
    async look(session, blockers) {
      const now = performance.now();
      if (now - lookedAt > pauseMs) seenAt.clear();
      lookedAt = now;
      const holders = blockers.filter(({ role }) => role === 'holds');
      const keys = new Set(holders.map(keyOf));
      for (const key of seenAt.keys()) if (!keys.has(key)) seenAt.delete(key);
      for (const holder of holders) {
        const key = keyOf(holder);
        const since = seenAt.get(key) ?? now;
        seenAt.set(key, since);
        if (now - since < afterMs || settled.has(key)) continue;
        await endOrSpare(session, holder);
        settled.add(key);
      }
    },
  };
}

async function stillHolds(
  session: Session,
  server: ServerFacts,
  table: TableName,
  holder: Blocker,
): Promise<boolean> {
  const blockers = await readBlockers(session, server, table);
  return blockers.some((each) => each.role === 'holds' && keyOf(each) === keyOf(holder));
}

/** One transaction of one connection; without a transaction (LOCK TABLES) the connection alone. */
function keyOf({ connectionId, transactionId }: Blocker): string {
  return transactionId ?? String(connectionId);
}

const hasGone = 'it had just gone';

/**
 * Why it may not be ended. A client's thread has a name of its own, also in a pool of threads; those of replication, of
 * the event scheduler and of the server itself have others (manual, "The threads Table").
 */
async function whyNot(
  session: Session,
  { connectionId }: Blocker,
  spareRows: number,
  pids: readonly number[],
): Promise<string | undefined> {
  const [thread] = await session.rows<{ name: string; pid: string | null }>(
    `SELECT t.NAME AS name, (SELECT MAX(a.ATTR_VALUE) FROM performance_schema.session_account_connect_attrs a
                              WHERE a.PROCESSLIST_ID=t.PROCESSLIST_ID AND a.ATTR_NAME='_pid') AS pid
       FROM performance_schema.threads t WHERE t.PROCESSLIST_ID=?`,
    [connectionId],
  );
  if (thread === undefined) return hasGone;
  if (!thread.name.endsWith('one_connection')) return `it is no client's (${thread.name})`;
  if (pids.includes(Number(thread.pid))) return 'it is the engine';
  const changed = await rowsChanged(session, connectionId);
  if (changed === undefined) return 'how many rows its transaction has changed is unknown';
  return changed > spareRows ? `its transaction has changed ${counted(changed, 'row')}` : undefined;
}

/** @returns why it could not be done */
async function end(session: Session, { connectionId }: Blocker): Promise<string | undefined> {
  try {
    await session.execute(`KILL CONNECTION ${connectionId}`, { limitMs: 5_000 });
    return undefined;
  } catch (error) {
    if (isUnknownThread(error)) return hasGone;
    if (!isServerError(error)) throw error;
    return `the server refused it (${error.message})`;
  }
}
