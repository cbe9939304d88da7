import { setTimeout as sleep } from 'node:timers/promises';
import { type Blocker, readBlockers } from '../inspect/blockers.js';
import type { ServerFacts } from '../inspect/server.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';

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

export type Quiet = { quiet: true } | { quiet: false; blockers: readonly Blocker[] };

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
