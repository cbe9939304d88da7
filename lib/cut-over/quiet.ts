import { setTimeout as sleep } from 'node:timers/promises';
import type { Emit } from '../documents/event.js';
import type { Blocker } from '../documents/result.js';
import { readBlockers } from '../inspect/blockers.js';
import type { ServerFacts } from '../inspect/server.js';
import { type Session, withPatientSession } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';
import type { BlockerEnder } from './end-blockers.js';
import { type Gate, noLock } from './gate.js';

export interface QuietOptions {
  /** Connection ids of alterwise and gh-ost. */
  ours?: readonly number[];
  /** A transaction younger than this that comes later is outwaited by the lock itself. */
  olderThanMs: number;
  /** How long to wait for it at most. */
  limitMs: number;
  /** How long to wait for those who may hold it or not; absent: half of the limit. */
  doubtMs?: number;
  emit: Emit;
  signal: AbortSignal;
  /** Absent: nobody's connection is ended. */
  ender?: BlockerEnder | undefined;
}

/**
 * Nobody holds the table for long, and nobody queues for it: to join would make all who come later queue as well.
 * @param options `doubtMs` is for all looks together; `lookMs`: how long one that begins now may wait
 */
export function quietGate(
  connection: ConnectionSettings,
  server: ServerFacts,
  table: TableName,
  options: Omit<QuietOptions, 'limitMs'> & { doubtMs: number; lookMs: () => number },
): Gate {
  const { signal, lookMs } = options;
  let doubtMs = options.doubtMs;
  return async () => {
    const start = performance.now();
    const limitMs = lookMs();
    // A session of its own each time: a wait may take hours, and connections do not last that long.
    const blockers = await withPatientSession(connection, { limitMs, signal }, (session) =>
      waitUntilQuiet(session, server, table, { ...options, limitMs, doubtMs }),
    );
    doubtMs = Math.max(0, doubtMs - (performance.now() - start));
    if (blockers === undefined) return noLock('the server to answer');
    return blockers.length === 0 ? undefined : noLock(waitedFor(blockers), blockers);
  };
}

const waitsFor = {
  holds: 'an old transaction on the table to end',
  waits: 'the queue for the table to go',
  suspect: 'old transactions to end, which may hold the table',
} as const;

/** Who holds it comes before who waits for it. */
function waitedFor([first]: readonly Blocker[]): string {
  return waitsFor[first?.role ?? 'holds'];
}

const pollMs = 150;
const sayAgainMs = 5_000;

/**
 * Waits until no old transaction holds the table: to ask for the lock behind one would make every new
 * statement on the table queue behind the request. Whether a transaction is old shows with time: those that hold
 * the table at the first look are waited for until they are gone, or old; those that come later are young, and the
 * lock itself outwaits them. If locks cannot be seen, every old transaction of the server is a suspect; in the end
 * the doubt is resolved by trying.
 * @returns who is in the way when the time is up; nobody if it is quiet
 */
export async function waitUntilQuiet(
  session: Session,
  server: ServerFacts,
  table: TableName,
  { ours, olderThanMs, limitMs, doubtMs = limitMs / 2, emit, signal, ender }: QuietOptions,
): Promise<readonly Blocker[]> {
  const start = performance.now();
  let saidAt = Number.NEGATIVE_INFINITY;
  let first: ReadonlySet<string> | undefined;
  for (;;) {
    signal.throwIfAborted();
    const all = await readBlockers(session, server, table, ours);
    first ??= new Set(all.flatMap(({ transactionId }) => transactionId ?? []));
    const atFirst = first;
    const blockers = all.filter((blocker) => isInTheWay(blocker, olderThanMs, atFirst));
    const waitedMs = performance.now() - start;
    if (waitedMs > doubtMs && blockers.every(({ role }) => role === 'suspect')) return [];
    if (blockers.length === 0 || waitedMs > limitMs) return blockers;
    await ender?.look(session, blockers);
    if (waitedMs > 500 && performance.now() - saidAt > sayAgainMs) {
      const text = `Waiting for ${waitedFor(blockers)}`;
      emit({ type: 'blockers', table: tableLabel(table), text, blockers });
      saidAt = performance.now();
    }
    await sleep(pollMs, undefined, { signal });
  }
}

/** An old holder, or somebody who already queues (another ALTER): joining the queue would make it longer. */
function isInTheWay(
  { role, ageMs, transactionId }: Blocker,
  olderThanMs: number,
  first: ReadonlySet<string>,
): boolean {
  if (role === 'waits') return (ageMs ?? 0) >= olderThanMs;
  const stillThere = transactionId !== undefined && first.has(transactionId);
  return stillThere || (ageMs ?? Number.POSITIVE_INFINITY) >= olderThanMs;
}
