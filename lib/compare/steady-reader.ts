import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.js';
import type { ServerFacts } from '../inspect/server.js';
import { isConnectionGone } from '../mysql/errors.js';
import { readUptimeMs } from '../mysql/processlist.js';
import { retryWhileLocked } from '../mysql/retry-while-locked.js';
import { openSession, type Session } from '../mysql/session.js';
import { CutOff, type Reader, reader } from '../rows/reader.js';
import type { ConnectionSettings } from '../settings/settings.js';

/** A reader that opens a new session where it has lost one, and asks again. */
export interface SteadyReader extends Reader {
  rows: Session['rows'];
}

/** What was read before says nothing of what is there now. */
export class ServerRestarted extends Error {
  constructor() {
    super('the server was restarted');
  }
}

interface SteadyOptions {
  /** As `performance.now()` counts. */
  deadline: number;
  signal: AbortSignal;
  /** For each session, when it is new. */
  setUp: readonly string[];
}

/** gh-ost itself gives up after about as long. */
const patienceMs = 60_000;
const mostSessions = 30;
/** Of one statement, by somebody who ends what is slow. */
const mostKills = 3;

/**
 * Hands over a reader that outlives its connections: one that is lost is opened again, for a minute at each time, and
 * the statement that was under way is read anew, for it has changed nothing. Where a table is locked it waits.
 * @throws {ServerRestarted} where the server was away in between: what it forgot in its fall it may have told before
 */
export async function withSteadyReader<T>(
  server: Pick<ServerFacts, 'flavor'>,
  connection: ConnectionSettings,
  { deadline, signal, setUp }: SteadyOptions,
  use: (reader: SteadyReader) => Promise<T>,
): Promise<T> {
  const open = async () => {
    const session = await openSession(connection);
    try {
      for (const statement of setUp) await session.execute(statement);
      const startedMs = Date.now() - (await readUptimeMs(session));
      return { session, startedMs, reading: reader(session, server, connection, { deadline, signal }) };
    } catch (error) {
      await session.close();
      throw error;
    }
  };
  // It may be lost before the first row is read.
  let current = await openAgain(open, signal);
  let sessions = 1;
  const steadily = async <R>(read: (of: typeof current) => Promise<R>, bearsKills = 0): Promise<R> => {
    for (let kills = 0; ; ) {
      const used = current;
      try {
        const budgetMs = deadline - performance.now();
        return await retryWhileLocked(() => read(used), { budgetMs, signal });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CutOff && !error.timeIsUp && ++kills <= bearsKills) continue;
        if (!isConnectionGone(error) || ++sessions > mostSessions) throw error;
        await used.session.close();
        current = await openAgain(open, signal);
        if (hasRestarted(used.startedMs, current.startedMs)) throw new ServerRestarted();
      }
    }
  };
  try {
    return await use({
      // One with a limit of its own is made smaller where it is cut off.
      select: (what, limitMs) =>
        steadily(({ reading }) => reading.select(what, limitMs), limitMs === undefined ? mostKills : 0),
      rows: (sql, values, options) => steadily(({ session }) => session.rows(sql, values, options)),
      leftMs: () => current.reading.leftMs(),
      signal,
    });
  } finally {
    await current.session.close();
  }
}

async function openAgain<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const start = performance.now(); ; ) {
    try {
      return await open();
    } catch (error) {
      const isAway = isConnectionGone(error) || (error instanceof Fault && error.id === 'unreachable');
      if (!isAway || performance.now() - start > patienceMs) throw error;
      await sleep(500, undefined, { signal });
    }
  }
}

/** Uptime is told in whole seconds. */
function hasRestarted(before: number, now: number): boolean {
  return now - before > 3_000;
}
