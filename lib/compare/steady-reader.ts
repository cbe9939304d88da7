import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerFacts } from '../inspect/server.js';
import { isUnreachable } from '../mysql/connect.js';
import { isConnectionGone } from '../mysql/errors.js';
import { readUptimeMs } from '../mysql/processlist.js';
import { retryWhileLocked } from '../mysql/retry-while-locked.js';
import { openSession, type Session } from '../mysql/session.js';
import { CutOff, type Reader, reader } from '../rows/reader.js';
import type { ConnectionSettings } from '../settings/settings.js';

/** A reader that replaces a lost session and repeats the query. */
export interface SteadyReader extends Reader {
  rows: Session['rows'];
}

/** What was read before may be lost. */
export class ServerRestarted extends Error {
  override message = 'the server was restarted';
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
/** Of one query, by somebody who kills what is slow. */
const mostKills = 3;
/** Uptime is in whole seconds. */
const uptimeErrorMs = 3_000;

/**
 * Hands over a reader that outlives its connections: it tries for a minute to replace one that is lost, and repeats the
 * query, which has changed nothing. It waits while a table is locked.
 * @throws {ServerRestarted} if the server was restarted: a crash can lose writes that were already read
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
  // The first connection may be lost at once.
  let current = await openAgain(open, signal);
  let sessions = 1;
  const retrying = async <R>(read: (of: typeof current) => Promise<R>, allowedKills = 0): Promise<R> => {
    for (let kills = 0; ; ) {
      const used = current;
      try {
        const budgetMs = deadline - performance.now();
        return await retryWhileLocked(() => read(used), { budgetMs, signal });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CutOff && !error.timeIsUp && ++kills <= allowedKills) continue;
        if (!isConnectionGone(error) || ++sessions > mostSessions) throw error;
        await used.session.close();
        current = await openAgain(open, signal);
        if (current.startedMs - used.startedMs > uptimeErrorMs) throw new ServerRestarted();
      }
    }
  };
  try {
    return await use({
      // The caller makes a query with a limit of its own smaller if it is cut off.
      select: (what, limitMs) =>
        retrying(({ reading }) => reading.select(what, limitMs), limitMs === undefined ? mostKills : 0),
      rows: (sql, values, options) => retrying(({ session }) => session.rows(sql, values, options)),
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
      const isUnavailable = isConnectionGone(error) || isUnreachable(error);
      if (!isUnavailable || performance.now() - start > patienceMs) throw error;
      await sleep(500, undefined, { signal });
    }
  }
}
