import { limitedSelect, type ServerIdentity } from '../inspect/capabilities.js';
import { isInterrupted } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { partsOf } from '../table/definition.js';
import type { Index, TableShape } from '../table/shape.js';
import { within } from '../util/within.js';

/** A session that reads until its time is up. */
export interface Reader {
  /**
   * @param what what follows SELECT
   * @param limitMs for this statement alone; never more than what is left of the whole
   * @throws {CutOff} if the time is up, or somebody killed the statement
   */
  select<Row extends object>(what: string, limitMs?: number): Promise<Row[]>;
  /** Of the time for the whole table, in milliseconds. */
  leftMs(): number;
  signal: AbortSignal;
}

/** A statement that was ended before it finished. */
export class CutOff extends Error {
  /** False: this statement had a shorter limit of its own. */
  readonly timeIsUp: boolean;

  constructor(timeIsUp: boolean) {
    super('cut off');
    this.timeIsUp = timeIsUp;
  }
}

/** The server ends a statement itself; this much later its connection is given up. */
const graceMs = 3_000;

/**
 * Plain consistent reads: they take no row locks, and the server itself ends them in time.
 * @param deadline as `performance.now()` counts
 */
export function reader(
  session: Session,
  server: Pick<ServerIdentity, 'flavor'>,
  connection: ConnectionSettings,
  { deadline, signal }: { deadline: number; signal: AbortSignal },
): Reader {
  const leftMs = () => Math.floor(deadline - performance.now());
  return {
    leftMs,
    signal,
    async select<Row extends object>(what: string, statementMs = Number.POSITIVE_INFINITY) {
      signal.throwIfAborted();
      const limitMs = Math.min(leftMs(), Math.ceil(statementMs));
      if (limitMs < 1) throw new CutOff(true);
      const sql = limitedSelect(server, limitMs, what);
      const read = () => session.rows<Row>(sql, [], { limitMs: limitMs + graceMs });
      try {
        return await killedOnAbort(read, session.connectionId, connection, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (isInterrupted(error)) throw new CutOff(leftMs() < 50);
        throw error;
      }
    },
  };
}

/** An abort must not leave a statement that reads on: a lost client is noticed only when there are rows to send. */
export async function killedOnAbort<T>(
  work: () => Promise<T>,
  connectionId: number,
  connection: ConnectionSettings,
  signal: AbortSignal,
): Promise<T> {
  let kill = () => {};
  const killed = new Promise<never>((_, reject) => {
    kill = () => {
      withSession(connection, {}, (other) => other.execute(`KILL QUERY ${connectionId}`))
        .catch(() => undefined) // its own limit ends the statement then
        .finally(() => reject(signal.reason));
    };
  });
  signal.addEventListener('abort', kill, { once: true });
  const working = work();
  try {
    return await Promise.race([working, killed]);
  } finally {
    signal.removeEventListener('abort', kill);
    if (signal.aborted) await within(graceMs, working, () => new Error('killed')).catch(() => undefined);
  }
}

/** Indexes that a statement may be told to use: not INVISIBLE ones (MySQL), nor IGNORED (MariaDB), which are error 1176. */
export function visibleIndexes({ indexes, definition }: Pick<TableShape, 'indexes' | 'definition'>): Index[] {
  const hidden = partsOf(definition, 'key').flatMap((key) => (key.hidden ? [key.name] : []));
  return indexes.filter(({ name }) => !hidden.includes(name));
}
