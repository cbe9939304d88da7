import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'mysql2/promise';
import type { LatencySummary } from './latencies.js';
import type { LoadTable } from './table.js';
import { type Missed, Tally } from './tally.js';
import { Truth } from './truth.js';
import { Writer } from './writer.js';

export interface LoadOptions {
  connection: ConnectionOptions;
  table: LoadTable;
  /** Connections, each with its own share of the rows. */
  writers?: number;
  /** Of all writers together. */
  perSecond?: number;
  /** The same as the table was filled with. */
  seed: number;
  /** Aborted: the writers leave at once, and what was in flight is a doubt. */
  signal?: AbortSignal;
}

export interface Load {
  /** Rows that are in the table now, as far as was committed. */
  readonly rows: number;
  /** For how long the longest waiting write has been due by now. */
  readonly standingStillMs: number;
  /** How the writes went that were due since the last lap; waits until they have ended. */
  lap(): Promise<LatencySummary>;
  /** Ends the load when all writes that are due by now have ended. */
  stop(): Promise<LoadReport>;
}

export interface LoadReport extends LatencySummary {
  committed: number;
  /** Writes of several changes. */
  transactions: number;
  inserts: number;
  updates: number;
  deletes: number;
  /** Writes that were given up: they changed nothing. */
  failed: number;
  retries: number;
  /** How often there was each error, by the server's number or the driver's name. */
  errors: Readonly<Record<string, number>>;
  /** Writes whose connection was lost, and what reading the rows said. */
  doubts: Readonly<Record<'committed' | 'not-committed' | 'undecided', number>>;
  /** Rows that should have been there to be changed, and were not. */
  missed: readonly Missed[];
  /** What must be in the table now. */
  truth: Truth;
}

const lapLimitMs = 180_000;
/** What a load may take to end when it was stopped, before its writers are abandoned. */
const stopLimitMs = 180_000;

/**
 * Writes to a table at a steady rate, from several connections, and keeps account of what was committed.
 * @throws where there is no server or no such table
 */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { connection, table, writers: count = 4, perSecond = 200, seed } = options;
  const abandon = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, abandon.signal]) : abandon.signal;
  const truth = new Truth(table, seed);
  const tally = new Tally();
  const everyMs = (count * 1000) / perSecond;
  const writers = Array.from(
    { length: count },
    (_, index) => new Writer({ connection, truth, tally, signal, index, writers: count, everyMs }),
  );
  try {
    await Promise.all(writers.map((writer) => writer.prepare()));
  } catch (error) {
    for (const writer of writers) writer.close();
    throw error;
  }
  const began = performance.now();
  const running = Promise.allSettled(writers.map((writer, i) => writer.run(began + (i * 1000) / perSecond)));
  return new RunningLoad(writers, running, truth, tally, abandon);
}

class RunningLoad implements Load {
  readonly #writers: readonly Writer[];
  readonly #running: Promise<readonly PromiseSettledResult<void>[]>;
  readonly #truth: Truth;
  readonly #tally: Tally;
  readonly #abandon: AbortController;
  #lapBegan = Number.NEGATIVE_INFINITY;

  constructor(
    writers: readonly Writer[],
    running: Promise<readonly PromiseSettledResult<void>[]>,
    truth: Truth,
    tally: Tally,
    abandon: AbortController,
  ) {
    this.#writers = writers;
    this.#running = running;
    this.#truth = truth;
    this.#tally = tally;
    this.#abandon = abandon;
  }

  get rows(): number {
    return this.#truth.rows;
  }

  get standingStillMs(): number {
    return Math.max(0, performance.now() - this.#oldestDue);
  }

  async lap(): Promise<LatencySummary> {
    const [from, to] = [this.#lapBegan, performance.now()];
    while (this.#oldestDue < to && performance.now() - to < lapLimitMs) await sleep(10);
    this.#lapBegan = to;
    return this.#tally.latencies.summary(from, to);
  }

  async stop(): Promise<LoadReport> {
    for (const writer of this.#writers) writer.stopAt(performance.now());
    const limit = setTimeout(() => this.#abandon.abort(), stopLimitMs);
    try {
      const failed = (await this.#running).find((ended) => ended.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      clearTimeout(limit);
    }
    const { counts, errors, doubts, missed, latencies } = this.#tally;
    return { ...latencies.summary(), ...counts, errors, doubts, missed, truth: this.#truth };
  }

  get #oldestDue(): number {
    return Math.min(...this.#writers.map(({ due }) => due));
  }
}
