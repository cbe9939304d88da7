import { openSession, type Session } from '../mysql/session.js';
import type { Settings } from '../settings/settings.js';
import { quoteName } from '../sql/quote.js';

/**
 * The one session that all plain statements of a run share, opened when the first of them needs it: what SET says
 * holds for those after it. A session that was lost is opened anew, and what was said is said again.
 */
export class PlainSession {
  readonly #settings: Settings;
  readonly #said: string[] = [];
  #session: Session | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async get(): Promise<Session> {
    if (this.#session !== undefined) return this.#session;
    const { connection, lockWaitTimeoutSeconds } = this.#settings;
    const session = await openSession(connection, { lockWaitTimeoutSeconds });
    try {
      if (connection.database !== undefined) await session.execute(`USE ${quoteName(connection.database)}`);
      for (const sql of this.#said) await session.execute(sql);
    } catch (error) {
      await session.close();
      throw error;
    }
    this.#session = session;
    return session;
  }

  /** A SET that has been carried out. */
  remember(sql: string): void {
    this.#said.push(sql);
  }

  /** Its connection is gone. */
  async lose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  close(): Promise<void> {
    return this.lose();
  }
}
