import { exitCodes } from '../../exit-code.js';
import { Fault } from '../../fault.js';
import { isConnectionGone } from '../../mysql/errors.js';
import { openSession, type Session } from '../../mysql/session.js';
import type { Settings } from '../../settings/settings.js';
import { quoteName } from '../../sql/names.js';
import { listedId } from './statement.js';

const idleMs = 30_000;
const answerMs = 5_000;

/**
 * The one session that all plain statements of a run share, opened when the first of them needs it: what SET says
 * holds for those after it.
 */
export class PlainSession {
  readonly #settings: Settings;
  readonly #idleMs: number;
  #session: Session | undefined;
  #listedId: number | undefined;
  #usedAt = 0;

  /** @param restMs how long it may lie idle before it is asked whether it is still there */
  constructor(settings: Settings, restMs = idleMs) {
    this.#settings = settings;
    this.#idleMs = restMs;
  }

  /**
   * @throws {Fault} exit code 11 where the connection was lost since the last statement: it may have lain idle for hours
   * while a table was copied. Another one would know nothing of what SET said, nor of LAST_INSERT_ID().
   */
  async get(): Promise<Session> {
    if (this.#session !== undefined) {
      // Not each time: ROW_COUNT() and FOUND_ROWS() would tell of the question.
      return performance.now() - this.#usedAt < this.#idleMs ? this.#session : answering(this.#session);
    }
    const { connection, lockWaitTimeoutSeconds } = this.#settings;
    const session = await openSession(connection, { lockWaitTimeoutSeconds });
    try {
      this.#listedId = await listedId(session);
      if (connection.database !== undefined) await session.execute(`USE ${quoteName(connection.database)}`);
    } catch (error) {
      await session.close();
      throw error;
    }
    this.#session = session;
    this.used();
    return session;
  }

  /** By which the server's list of processes knows it; undefined where that is unknown. */
  get listedId(): number | undefined {
    return this.#listedId;
  }

  /** A statement has ended on it. */
  used(): void {
    this.#usedAt = performance.now();
  }

  /** Its connection is gone, or not wanted any more. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }
}

async function answering(session: Session): Promise<Session> {
  try {
    await session.rows('SELECT 1', [], { limitMs: answerMs });
    return session;
  } catch (error) {
    if (!isConnectionGone(error)) throw error;
    throw new Fault('The connection was lost between two statements.', {
      id: 'connection-lost',
      exitCode: exitCodes.environment,
      state: 'This statement was not sent; those before it are done.',
      next: 'Run the same again: it continues where it stopped.',
      cause: error,
    });
  }
}
