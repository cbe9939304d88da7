import { setTimeout as sleep } from 'node:timers/promises';
import { WriteChooser } from './choose-write.js';
import { Committer, type CommitterOptions } from './committer.js';

export interface WriterOptions extends CommitterOptions {
  index: number;
  writers: number;
  /** How long after one write the next is due. */
  everyMs: number;
}

/** In which a writer that waits for its next write notices that it is to stop. */
const napMs = 50;

/**
 * One client of the load. Its writes are due at a steady rate whatever becomes of them: one that is held up makes
 * the next ones late, and each counts its time from the moment when it was due.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #committer: Committer;
  readonly #chooser: WriteChooser;
  #due = Number.POSITIVE_INFINITY;
  #stopAt = Number.POSITIVE_INFINITY;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#committer = new Committer(options);
    this.#chooser = new WriteChooser(options.truth, { index: options.index, of: options.writers });
  }

  /** When the write is due, or was, that is made now or next: all before it have ended. */
  get due(): number {
    return this.#due;
  }

  /** Throws where there is no server, or no such table. */
  prepare(): Promise<void> {
    return this.#committer.prepare();
  }

  /** Makes the writes that are due by then, and no more. */
  stopAt(moment: number): void {
    this.#stopAt = moment;
  }

  /**
   * Writes until it is told to stop.
   * @param firstDue when its first write is due, as `performance.now()` counts
   */
  async run(firstDue: number): Promise<void> {
    const { signal, tally, truth, everyMs } = this.#options;
    this.#due = firstDue;
    try {
      while (!signal.aborted && this.#due < this.#stopAt) {
        const earlyMs = this.#due - performance.now();
        if (earlyMs > 0) {
          await sleep(Math.min(earlyMs, napMs));
          continue;
        }
        const write = this.#chooser.next();
        if (await orAborted(this.#committer.make(write), signal)) this.#chooser.committed(write);
        // Abandoned in the middle: nobody will learn whether it was committed.
        else if (signal.aborted) for (const { id, before, after } of write) truth.doubt(id, [before, after]);
        tally.latencies.note(this.#due, performance.now());
        this.#due += everyMs;
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#committer.close();
    this.#due = Number.POSITIVE_INFINITY;
  }
}

/** A driver whose connection is closed never answers what was asked before. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let leave = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined);
    signal.addEventListener('abort', leave);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
