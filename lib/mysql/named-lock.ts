import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { cannotAsk, isConnectionGone, isServerError } from './errors.js';
import { endDeadHolder, hasRestartedSince } from './processlist.js';
import { openSession, type Session, withPatientSession } from './session.js';

/** Often enough that wait_timeout does not end the idle connection, which would free the lock. */
const usualLookMs = 10_000;
const answerMs = 5_000;

interface HeldLock {
  release(): Promise<void>;
}

interface HoldOptions {
  /** @returns what to throw if the lock is not free at the beginning. @param owner the connection that holds it */
  taken(owner: number | undefined): Fault;
  /** Someone else got it after our connection was lost. @param owner their connection */
  onLost?(owner: number | undefined): void;
  lookMs?: number;
}

/**
 * Holds a named lock of the server on a connection of its own. If that is lost (KILL, a restart of the server), the lock is
 * taken again on another; if someone else was faster, `onLost` is called.
 */
export async function holdLock(
  settings: ConnectionSettings,
  name: string,
  { taken, onLost = () => {}, lookMs = usualLookMs }: HoldOptions,
): Promise<HeldLock> {
  const first = await openSession(settings);
  const ended = new AbortController();
  let held: Session | undefined = first;
  let last: Holder;
  try {
    const { got, owner } = await getLock(first, name, 1);
    if (!got) throw taken(owner);
    last = { connectionId: first.connectionId, takenAtMs: performance.now() };
  } catch (error) {
    await first.close();
    throw error;
  }
  const retake = async () => {
    const session = await openSession(settings);
    const keeps = async () => {
      const deadId = await idOnServer(session, last);
      await endDeadHolder(session, name, (owner) => owner === deadId).catch(() => {}); // the lock is not free then
      return { deadId, ...(await getLock(session, name, 1)) };
    };
    const { deadId, got, owner } = await keeps().catch(async (error: unknown) => {
      await session.close();
      throw error;
    });
    if (got && !ended.signal.aborted) {
      held = session;
      last = { connectionId: session.connectionId, takenAtMs: performance.now() };
      return;
    }
    await session.close();
    // The work is over, or the dead connection is still being ended: the next look gets the lock.
    if (got || (deadId !== undefined && owner === deadId)) return;
    ended.abort();
    onLost(owner);
  };
  const watch = async () => {
    for (;;) {
      await sleep(lookMs, undefined, { signal: ended.signal }).catch(() => {});
      if (ended.signal.aborted) return;
      try {
        if (held !== undefined && (await isThere(held))) continue;
        await held?.close();
        held = undefined;
        await retake();
      } catch (error) {
        // The server is down: the next look tries again.
        if (!cannotAsk(error)) throw error;
      }
    }
  };
  const watching = watch();
  watching.catch(() => {}); // release() waits for it
  return {
    release: async () => {
      ended.abort();
      try {
        // On a silent network a look may take longer than anyone wants to wait.
        await Promise.race([watching, sleep(answerMs, undefined, { ref: false })]);
      } finally {
        await free(settings, name, held, last);
      }
    },
  };
}

/** The connection that has, or had, the lock. */
interface Holder {
  connectionId: number;
  takenAtMs: number;
}

/** @returns undefined if the server has restarted: another connection may have this id now */
async function idOnServer(
  session: Session,
  { connectionId, takenAtMs }: Holder,
): Promise<number | undefined> {
  const hasRestarted = await hasRestartedSince(session, performance.now() - takenAtMs);
  return hasRestarted ? undefined : connectionId;
}

async function getLock(session: Session, name: string, seconds: number) {
  const [row] = await session.rows<{ got: number | null; owner: number | null }>(
    `SELECT GET_LOCK(?, ${seconds}) AS got, IS_USED_LOCK(?) AS owner`,
    [name, name],
  );
  const owner = row?.owner === null || row === undefined ? undefined : Number(row.owner);
  return { got: row?.got === 1, owner };
}

/** @returns false if the connection is gone, and the lock with it */
async function isThere(session: Session): Promise<boolean> {
  try {
    await session.rows('SELECT 1');
    return true;
  } catch (error) {
    if (isConnectionGone(error)) return false; // a KILL arrives as a server error
    if (isServerError(error)) return true;
    throw error;
  }
}

/** Explicitly: a server may be slow to notice a closed connection, and the next statement wants the lock. */
async function free(
  settings: ConnectionSettings,
  name: string,
  session: Session | undefined,
  last: Holder,
): Promise<void> {
  const isReleased =
    session !== undefined &&
    (await session.rows('SELECT RELEASE_LOCK(?) AS released', [name], { limitMs: answerMs }).then(
      () => true,
      () => false,
    ));
  await session?.close();
  if (isReleased) return;
  // Its outcome does not change what the run has done.
  await withPatientSession(settings, { limitMs: answerMs }, async (other) => {
    const deadId = await idOnServer(other, last);
    await endDeadHolder(other, name, (owner) => owner === deadId);
  }).catch(() => {});
}
