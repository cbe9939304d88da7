import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { cannotAsk, isConnectionGone, isServerError } from './errors.js';
import { endDeadHolder } from './processlist.js';
import { openSession, type Session, withPatientSession } from './session.js';
import { hasRestartedSince } from './uptime.js';

/** Often enough that wait_timeout does not end its idle connection, which would free the lock. */
const usualLookMs = 10_000;
const answerMs = 5_000;

interface HeldLock {
  release(): Promise<void>;
}

interface HoldOptions {
  /** @param owner connection that has it. @returns what is thrown where the lock is not free at the beginning */
  taken(owner: number | undefined): Fault;
  /** Somebody else got it, after the connection that held it was lost. @param owner their connection */
  onLost?(owner: number | undefined): void;
  lookMs?: number;
}

/**
 * Holds a named lock of the server on a connection of its own. Where that is lost (KILL, a restart of the server), the lock
 * is taken again on another; where somebody was faster, that is told.
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
    const deadId = await idOnServer(session, last);
    await endDeadHolder(session, name, (owner) => owner === deadId).catch(() => {}); // then the lock is not free
    const { got, owner } = await getLock(session, name, 1);
    if (got && !ended.signal.aborted) {
      held = session;
      last = { connectionId: session.connectionId, takenAtMs: performance.now() };
      return;
    }
    await session.close();
    // The work is over, or its connection is still being ended: the next look has it.
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
        // The server is away: the next look finds it.
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
        // A look at a silent network may last longer than anybody wants to wait for it.
        await Promise.race([watching, sleep(answerMs, undefined, { ref: false })]);
      } finally {
        await freed(settings, name, held, last);
      }
    },
  };
}

/** The connection that has, or had, the lock. */
interface Holder {
  connectionId: number;
  takenAtMs: number;
}

/** @returns undefined where the server has restarted: its connections ended, and another may have been given this id */
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

/** @returns false where its connection is gone, and the lock with it */
async function isThere(session: Session): Promise<boolean> {
  try {
    await session.rows('SELECT 1');
    return true;
  } catch (error) {
    if (isConnectionGone(error)) return false; // a KILL arrives as an error of the server
    if (isServerError(error)) return true;
    throw error;
  }
}

/** A server may take its time to notice that a connection is closed, and the next statement wants the lock. */
async function freed(
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
  // What comes of it does not change what the run has done.
  await withPatientSession(settings, { limitMs: answerMs }, async (other) => {
    const deadId = await idOnServer(other, last);
    await endDeadHolder(other, name, (owner) => owner === deadId);
  }).catch(() => {});
}
