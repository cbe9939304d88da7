import { exitCodes } from '../../exit-code.js';
import { Fault } from '../../fault.js';
import { connectionLost, isConnectionGone } from '../../mysql/errors.js';
import { openSession, type Session } from '../../mysql/session.js';
import type { Settings } from '../../settings/settings.js';
import { quoteName } from '../../sql/names.js';
import { listedId } from './statement.js';

const answerMs = 5_000;

/**
 * The one session that all plain statements of a run share, opened when the first of them needs it: what SET says
 * holds for those after it.
 */
export class PlainSession {
  readonly #settings: Settings;
  readonly #idleMs: number;
  #session: Session | undefined;
  /** By which the server's list of processes knows it; undefined if that is unknown. */
  listedId: number | undefined;
  /** When a statement last ended on it. */
  usedAt = 0;

  /** @param idleMs how long it may lie idle before it is asked whether it is still there */
  constructor(settings: Settings, idleMs = 30_000) {
    this.#settings = settings;
    this.#idleMs = idleMs;
  }

  /**
   * @throws {Fault} exit code 11 if the connection was lost since the last statement: it may have lain idle for hours
   * while a table was copied. Another one would know nothing of what SET said, nor of LAST_INSERT_ID().
   */
  async get(): Promise<Session> {
    if (this.#session !== undefined) {
      // Not each time: ROW_COUNT() and FOUND_ROWS() would tell of the question.
      if (performance.now() - this.usedAt >= this.#idleMs) await mustAnswer(this.#session);
      return this.#session;
    }
    const { connection, lockWaitTimeoutSeconds } = this.#settings;
    const session = await openSession(connection, { lockWaitTimeoutSeconds });
    this.#session = session;
    this.usedAt = performance.now();
    try {
      this.listedId = await listedId(session);
      if (connection.database !== undefined) await session.execute(`USE ${quoteName(connection.database)}`);
    } catch (error) {
      await this.close();
      throw error;
    }
    return session;
  }

  /** Its connection is gone, or not wanted any more. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }
}

async function mustAnswer(session: Session): Promise<void> {
  try {
    await session.rows('SELECT 1', [], { limitMs: answerMs });
  } catch (error) {
    if (!isConnectionGone(error)) throw error;
    const { id, text } = connectionLost('The connection was lost between two statements.');
    throw new Fault(text, {
      id,
      exitCode: exitCodes.environment,
      state: 'This statement was not sent; those before it are done.',
      next: 'Run the same again: it continues where it stopped.',
      cause: error,
    });
  }
}
