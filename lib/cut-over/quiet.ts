import { setTimeout as sleep } from 'node:timers/promises';
import type { Emit } from '../documents/event.js';
import type { Blocker } from '../documents/result.js';
import { readBlockers } from '../inspect/blockers.js';
import type { ServerFacts } from '../inspect/server.js';
import { type Session, withPatientSession } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';
import type { BlockerEnder } from './end-blockers.js';
import type { Gate } from './gate.js';

interface QuietGateOptions {
  /** A transaction that comes later and is younger is outwaited by the attempt itself. */
  olderThanMs: number;
  /** How long to wait, in all, for connections that may or may not hold the table. */
  doubtMs: number;
  /** How long a look that begins now may wait for the table to be quiet. */
  lookMs: () => number;
  emit: Emit;
  signal: AbortSignal;
  /** Absent: nobody's connection is ended. */
  ender?: BlockerEnder;
}

/** Nobody holds the table for long, and nobody queues for it: to join would make all who come later queue as well. */
export function quietGate(
  connection: ConnectionSettings,
  server: ServerFacts,
  table: TableName,
  { olderThanMs, doubtMs, lookMs, emit, signal, ender }: QuietGateOptions,
): Gate {
  let waitedMs = 0;
  return async () => {
    const start = performance.now();
    const limitMs = lookMs();
    // A session of its own each time: a wait may take hours, and connections do not last that long.
    const found = await withPatientSession(connection, { limitMs, signal }, (session) =>
      waitUntilQuiet(session, server, table, {
        olderThanMs,
        limitMs,
        doubtMs: Math.max(0, doubtMs - waitedMs),
        signal,
        ...(ender && { onLook: (blockers) => ender.look(session, blockers) }),
        onBlockers: (blockers) => tell(table, emit, blockers),
      }),
    );
    waitedMs += performance.now() - start;
    if (found?.quiet) return undefined;
    const id = 'cut-over-lock-timeout';
    if (found === undefined) return { id, text: 'the server to answer' };
    return { id, text: textOf(found.blockers), blockers: found.blockers };
  };
}

const waitsFor = {
  holds: 'an old transaction on the table to end',
  waits: 'the queue for the table to go',
  suspect: 'old transactions to end, which may hold the table',
} as const;

/** Who holds it comes before who waits for it. */
function textOf([first]: readonly Blocker[]): string {
  return waitsFor[first?.role ?? 'holds'];
}

function tell(table: TableName, emit: Emit, blockers: readonly Blocker[]): void {
  const text = `The cut-over waits for ${textOf(blockers)}`;
  emit({ type: 'blockers', table: tableLabel(table), text, blockers });
}

export interface QuietOptions {
  /** Connection ids of alterwise and gh-ost. */
  ours?: readonly number[];
  /** A transaction younger than this that comes later is outwaited by the lock itself. */
  olderThanMs: number;
  /** How long to wait for it at most. */
  limitMs: number;
  /** How long to wait for those who may hold it or not; absent: half of the limit. */
  doubtMs?: number;
  signal: AbortSignal;
  /** Told of all that are in the way, at every look; waited for. */
  onLook?(blockers: readonly Blocker[]): Promise<void>;
  /** Told when there is somebody to wait for, and again each few seconds. */
  onBlockers(blockers: readonly Blocker[]): void;
}

type Quiet = { quiet: true } | { quiet: false; blockers: readonly Blocker[] };

const pollMs = 150;
const sayAgainMs = 5_000;

/**
 * Waits until no old transaction holds the table: to ask for the lock behind one would make every new
 * statement on the table queue behind the request. Whether a transaction is old shows with time: those that hold
 * the table at the first look are waited for until they are gone, or old; those that come later are young, and the
 * lock itself outwaits them. Where locks cannot be seen, every old transaction of the server is a suspect; in the end
 * the doubt is resolved by trying.
 */
export async function waitUntilQuiet(
  session: Session,
  server: ServerFacts,
  table: TableName,
  options: QuietOptions,
): Promise<Quiet> {
  const start = performance.now();
  let saidAt = Number.NEGATIVE_INFINITY;
  let first: ReadonlySet<string> | undefined;
  for (;;) {
    options.signal.throwIfAborted();
    const all = await readBlockers(session, server, table, options.ours);
    first ??= new Set(all.flatMap(({ transactionId }) => transactionId ?? []));
    const atFirst = first;
    const blockers = all.filter((blocker) => isInTheWay(blocker, options.olderThanMs, atFirst));
    const waitedMs = performance.now() - start;
    if (blockers.length === 0) return { quiet: true };
    if (
      blockers.every(({ role }) => role === 'suspect') &&
      waitedMs > (options.doubtMs ?? options.limitMs / 2)
    )
      return { quiet: true };
    if (waitedMs > options.limitMs) return { quiet: false, blockers };
    await options.onLook?.(blockers);
    if (waitedMs > 500 && performance.now() - saidAt > sayAgainMs) {
      options.onBlockers(blockers);
      saidAt = performance.now();
    }
    await sleep(pollMs, undefined, { signal: options.signal });
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
