import { setTimeout as sleep } from 'node:timers/promises';
import { longestMs } from '../rows/parts.js';
import { fromTable, labelled } from '../rows/question.js';
import type { Reader } from '../rows/reader.js';
import { keyColumns, type Position, positionIn, type Walk } from '../rows/walk.js';
import type { Side } from './sides.js';

/** A row that stays different, by its key. */
export interface Difference {
  what: Side['what'];
  /** `id=5` */
  key: string;
}

/** A shadow table that is wrong is wrong: to count on would cost the server more than it is worth. */
const enough = 1_000;
/** Rows that differ at a time: a part with more is made smaller. */
export const mostSuspects = 1_000;
/** Of a part that has more suspects than can be read again together, and cannot be made smaller. */
const mostPasses = 20;
/** Marks that the shadow table has to pass while a row is neither written nor equal. */
const marksWanted = 3;
/** So many looks have to see the same row: with a writer that changes it back and forth, each of them may by chance. */
const looksWanted = 12;
/** A row that is always on its way is not waited for without end. */
const mostMarks = 20;
/** Between two looks: at random, so as not to keep step with a writer that changes a row back and forth. */
const pauseMs = { least: 30, most: 250 };
/** So many rows are read by one statement. */
const groupSize = 100;

interface Catching {
  reader: Reader;
  /** Waits until the shadow table has everything that the original table had when it was called. */
  caughtUp(): Promise<void>;
}

/** A row that differed when it was read: by its key, with what it held then. */
interface Suspect {
  position: Position;
  content: string;
}

/** By `identityOf`, with the marks and looks since they were last written. */
type Suspects = Map<string, Suspect & { marks: number; looks: number }>;

/**
 * Collects rows of one side that differ, and tells those that differ for good from those whose change is on its way through
 * the binlog: when there are many of them, and at the end. When the shadow table has passed a mark, it holds all that the
 * original table held when the mark was set: a row that was not written since, and is not equal, is different. That a row
 * was not written shows in looks all the while: one that is written back and forth (a flag, a row that is deleted and
 * inserted again) looks the same now and then, and not at every look of several marks. One look at which both rows are equal
 * is enough to clear a row: what follows comes through the binlog.
 */
export class Differences {
  readonly #side: Side;
  readonly #row: Walk;
  readonly #context: Catching;
  #open: Suspects = new Map();
  readonly differences: Difference[] = [];
  readonly restless: string[] = [];
  looksAgain = 0;

  constructor(side: Side, row: Walk, context: Catching) {
    this.#side = side;
    this.#row = row;
    this.#context = context;
  }

  get isEnough(): boolean {
    return this.differences.length >= enough;
  }

  /** Takes in the rows of a part that differ now. */
  async add(from: string): Promise<void> {
    for (let pass = 1; !this.isEnough; pass++) {
      const rows = await this.#read(from, mostSuspects, longestMs);
      for (const each of rows) this.#open.set(this.#identityOf(each), { ...each, marks: 0, looks: 1 });
      if (this.#open.size >= mostSuspects) await this.settle();
      if (rows.length < mostSuspects) return;
      if (pass === mostPasses) {
        this.restless.push('a part in which a thousand rows are on their way at each look');
        return;
      }
    }
  }

  async settle(): Promise<void> {
    const { caughtUp, reader } = this.#context;
    let open = this.#open;
    this.#open = new Map();
    const look = async () => {
      open = await this.#lookAgain(open);
    };
    for (let mark = 0; open.size > 0 && mark < mostMarks; mark++) {
      await lookUntil(caughtUp(), look, reader.signal);
      await look();
      for (const [identity, suspect] of open) {
        suspect.marks += 1;
        if (suspect.marks < marksWanted || suspect.looks < looksWanted) continue;
        this.differences.push({ what: this.#side.what, key: this.#keyOf(suspect) });
        open.delete(identity);
      }
    }
    for (const suspect of open.values()) this.restless.push(this.#keyOf(suspect));
  }

  /** Those that still differ; one that was written starts over, with the mark after the next. */
  async #lookAgain(suspects: Suspects): Promise<Suspects> {
    this.looksAgain += suspects.size;
    const { steps, index } = this.#row;
    const conditions = [...suspects.values()].map(
      ({ position }) =>
        `(${steps.map(({ sql, literal }, at) => `${sql} = ${literal(position[at])}`).join(' AND ')})`,
    );
    const still: Suspects = new Map();
    for (let at = 0; at < conditions.length; at += groupSize) {
      const any = conditions.slice(at, at + groupSize).join(' OR ');
      for (const now of await this.#read(`${fromTable(this.#side.table, index)} WHERE (${any})`, groupSize)) {
        const identity = this.#identityOf(now);
        const before = suspects.get(identity);
        const { marks, looks } = before?.content === now.content ? before : { marks: -1, looks: 0 };
        still.set(identity, { ...now, marks, looks: looks + 1 });
      }
    }
    return still;
  }

  /**
   * The rows of a part that differ at the moment of the statement. The condition is in HAVING: in WHERE the server
   * may turn it into a join that reads the whole other table for each part (manual, "Optimizing Subqueries … with Semijoin
   * and Antijoin Transformations").
   */
  async #read(from: string, most: number, limitMs?: number): Promise<Suspect[]> {
    const { content, differs } = this.#side;
    const rows = await this.#context.reader.select<Record<string, unknown>>(
      `${keyColumns(this.#row)}, ${content} AS content, ${differs} AS differs FROM ${from} HAVING differs LIMIT ${most}`,
      limitMs,
    );
    return rows.map((row) => ({ position: positionIn(this.#row, row), content: String(row.content) }));
  }

  /** Two rows never have the same. */
  #identityOf({ position }: Suspect): string {
    return this.#row.steps.map(({ literal }, at) => literal(position[at])).join(',');
  }

  /** `id=5`: for people, and cut if it is long. */
  #keyOf({ position }: Suspect): string {
    return labelled(
      this.#row.steps.map(({ name }) => name),
      position,
    );
  }
}

/** Looks again and again until something has happened. */
async function lookUntil(
  event: Promise<void>,
  look: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const happening = event.finally(() => over.abort());
  happening.catch(() => {}); // it is awaited below, unless a look throws before
  const either = AbortSignal.any([signal, over.signal]);
  while (!over.signal.aborted) {
    await look();
    const ms = pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least);
    await sleep(ms, undefined, { signal: either }).catch(() => signal.throwIfAborted());
  }
  await happening;
}
