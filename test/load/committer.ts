import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, ConnectionOptions } from 'mysql2/promise';
import { isConnectionGone, isServerError } from '../../lib/mysql/errors.js';
import { ask } from './ask.js';
import { columnNames } from './column-names.js';
import { Link } from './link.js';
import { settle, type Verdict } from './settle.js';
import type { Tally } from './tally.js';
import type { Truth } from './truth.js';
import { CommitDoubt, perform, type Write } from './write.js';

export interface CommitterOptions {
  connection: ConnectionOptions;
  truth: Truth;
  tally: Tally;
  signal: AbortSignal;
}

const unknownColumn = 1054;
/** Lock wait timeout, deadlock, "definition has changed", no such column or table: undone, and worth another try. */
const worthRetrying = new Set([1205, 1213, 1412, unknownColumn, 1146]);
const triesLimit = 100;
const pauseMs = 20;
/** How long a server may be away before the writes that are due meanwhile are given up. */
const awayLimitMs = 60_000;

/** Sees to it that a write is committed, or that it is known why not, and notes it in the truth. */
export class Committer {
  readonly #options: CommitterOptions;
  readonly #link: Link;
  #names: readonly string[] | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#link = new Link(options.connection);
  }

  /** Connects, and looks at the table; throws where that is not possible. */
  async prepare(): Promise<void> {
    await this.#readNames(await this.#link.get());
  }

  /** @returns whether it is committed */
  async make(write: Write): Promise<boolean> {
    const { tally, signal } = this.#options;
    for (let tries = 1; !signal.aborted; tries++) {
      const end = await this.#attempt(write);
      if (end === 'done') return true;
      if (end === 'failed' || tries >= triesLimit) break;
      tally.retried();
      await sleep(pauseMs);
    }
    tally.failed();
    return false;
  }

  close(): void {
    this.#link.close();
  }

  async #attempt(write: Write): Promise<'done' | 'again' | 'failed'> {
    const { truth, tally } = this.#options;
    const connection = await this.#persist(() => this.#link.get());
    if (connection === undefined) return 'failed';
    try {
      const names = this.#names ?? (await this.#readNames(connection));
      this.#note(write, await perform(connection, truth.table, names, write));
      return 'done';
    } catch (error) {
      tally.error(error);
      if (isDoubtful(error)) return this.#resolve(write);
      if (!isServerError(error)) throw error;
      if (error.errno === unknownColumn) this.#names = undefined;
      return (await this.#rollback(connection)) && worthRetrying.has(error.errno) ? 'again' : 'failed';
    }
  }

  /** What an error left of a transaction. Where this fails, the loss of the connection does it. */
  async #rollback(connection: Connection): Promise<boolean> {
    try {
      await ask(connection, { sql: 'ROLLBACK' });
      return true;
    } catch (error) {
      this.#options.tally.error(error);
      return (await this.#persist(() => this.#link.replace())) !== undefined;
    }
  }

  /** The connection was lost, and it is not known whether with the write or without. */
  async #resolve(write: Write): Promise<'done' | 'again' | 'failed'> {
    const { truth, tally } = this.#options;
    const read = async () => settle(await this.#link.replace(), truth, write);
    const verdict: Verdict = (await this.#persist(read)) ?? 'undecided';
    tally.doubt(verdict);
    if (verdict === 'not-committed') return 'again';
    if (verdict === 'committed') this.#note(write, []);
    else for (const { id, before, after } of write) truth.doubt(id, [before, after]);
    return verdict === 'committed' ? 'done' : 'failed';
  }

  #note(write: Write, missed: Write): void {
    const { truth, tally } = this.#options;
    for (const { id, after } of write) truth.commit(id, after);
    tally.committed(write, missed);
  }

  async #readNames(connection: Connection): Promise<readonly string[]> {
    const { table } = this.#options.truth;
    this.#names = await columnNames(connection, table.columns, table);
    return this.#names;
  }

  /** Tries for as long as a server may be away. */
  async #persist<T>(action: () => Promise<T>): Promise<T | undefined> {
    const { signal, tally } = this.#options;
    const deadline = performance.now() + awayLimitMs;
    while (!signal.aborted && performance.now() < deadline) {
      try {
        return await action();
      } catch (error) {
        tally.error(error);
        await sleep(pauseMs * 5);
      }
    }
    return undefined;
  }
}

function isDoubtful(error: unknown): boolean {
  return error instanceof CommitDoubt || isConnectionGone(error);
}
