import { setTimeout as sleep } from 'node:timers/promises';
import { fromTable, shown } from '../rows/question.js';
import type { Reader } from '../rows/reader.js';
import { keyColumns, type Position, positionIn, type Walk } from '../rows/walk.js';
import { longestMs, mostSuspects } from './parts.js';
import type { Side } from './sides.js';

export interface Comparison {
  rowsCompared: number;
  differences: readonly Difference[];
  /** Keys of rows that were written at each look: nothing can be said of them. */
  restless: readonly string[];
  /** How often a row was read again, since it differed at first. */
  looksAgain: number;
}

/** A row that stays different, by its key. */
export interface Difference {
  what: Side['what'];
  /** `id=5` */
  key: string;
}

/** A shadow table that is wrong is wrong: to count on would cost the server more than it is worth. */
const enough = 1_000;
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

/**
 * Collects rows that differ, and tells those that differ for good from those whose change is on its way through the
 * binlog: when there are many of them, and at the end. When the shadow table has passed a mark, it holds all that the original
 * table held when the mark was set: a row that was not written since, and is not equal, is different. That a row was not
 * written shows in looks all the while: one that is written back and forth (a flag, a row that is deleted and inserted
 * again) looks the same now and then, and not at every look of several marks. One look at which both rows are equal is
 * enough to clear a row: what follows comes through the binlog.
 */
export class Differences {
  readonly #context: Catching;
  readonly #found: Difference[] = [];
  readonly #restless: string[] = [];
  #looksAgain = 0;
  #open: Suspects[] = [];

  constructor(context: Catching) {
    this.#context = context;
  }

  get isEnough(): boolean {
    return this.#found.length >= enough;
  }

  get figures(): Omit<Comparison, 'rowsCompared'> {
    return { differences: this.#found, restless: this.#restless, looksAgain: this.#looksAgain };
  }

  /** Takes in the rows of a part that differ now. */
  async add(side: Side, row: Walk, from: string): Promise<void> {
    for (let pass = 1; !this.isEnough; pass++) {
      const rows = await readSuspects(side, row, from, mostSuspects, this.#context.reader, longestMs);
      this.#open.push({ side, row, rows: firstSeen(row, rows) });
      const waiting = this.#open.reduce((sum, each) => sum + each.rows.size, 0);
      if (waiting >= mostSuspects) await this.settle();
      if (rows.length < mostSuspects) return;
      if (pass === mostPasses) {
        this.#restless.push('a part in which a thousand rows are on their way at each look');
        return;
      }
    }
  }

  async settle(): Promise<void> {
    const { reader, caughtUp } = this.#context;
    let open = this.#open;
    this.#open = [];
    const look = async () => {
      const again: Suspects[] = [];
      for (const suspects of open) {
        this.#looksAgain += suspects.rows.size;
        again.push(await seenAgain(suspects, reader));
      }
      open = again;
    };
    for (let mark = 0; open.some(({ rows }) => rows.size > 0) && mark < mostMarks; mark++) {
      await lookUntil(caughtUp(), look, reader.signal);
      await look();
      for (const suspects of open) this.#found.push(...passMark(suspects));
    }
    for (const { row, rows } of open) {
      this.#restless.push(...[...rows.values()].map(({ position }) => keyOf(row, position)));
    }
  }
}

/** A row that differed when it was read: by its key, with what it held then. */
interface Suspect {
  position: Position;
  content: string;
}

/** Rows of one side that differ, by `identityOf`, with the marks and looks since they were last written. */
interface Suspects {
  side: Side;
  row: Walk;
  rows: Map<string, Suspect & { marks: number; looks: number }>;
}

function firstSeen(row: Walk, rows: readonly Suspect[]): Suspects['rows'] {
  return new Map(rows.map((each) => [identityOf(row, each.position), { ...each, marks: 0, looks: 1 }]));
}

/** Those that still differ; one that was written starts over, with the mark after the next. */
async function seenAgain({ side, row, rows }: Suspects, reader: Reader): Promise<Suspects> {
  const still: Suspects['rows'] = new Map();
  const all = [...rows.values()];
  for (let at = 0; at < all.length; at += groupSize) {
    const any = all.slice(at, at + groupSize).map(({ position }) => `(${isRowAt(row, position)})`);
    const from = `${fromTable(side.table, row.index)} WHERE (${any.join(' OR ')})`;
    for (const now of await readSuspects(side, row, from, groupSize, reader)) {
      const identity = identityOf(row, now.position);
      const before = rows.get(identity);
      const { marks, looks } = before?.content === now.content ? before : { marks: -1, looks: 0 };
      still.set(identity, { ...now, marks, looks: looks + 1 });
    }
  }
  return { side, row, rows: still };
}

/** @returns rows that have now been seen for long enough; they are taken out */
function passMark({ side, row, rows }: Suspects): Difference[] {
  const differences: Difference[] = [];
  for (const [identity, suspect] of rows) {
    suspect.marks += 1;
    if (suspect.marks < marksWanted || suspect.looks < looksWanted) continue;
    differences.push({ what: side.what, key: keyOf(row, suspect.position) });
    rows.delete(identity);
  }
  return differences;
}

/** Looks again and again until something has happened. */
async function lookUntil(
  event: Promise<void>,
  look: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let happened = false;
  const over = event.finally(() => {
    happened = true;
  });
  over.catch(() => {}); // it is awaited below, unless a look throws before
  while (!happened) {
    await look();
    const ms = pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least);
    await Promise.race([over, sleep(ms, undefined, { signal })]);
  }
  await over;
}

/**
 * The rows of a part that differ at the moment of the statement. The condition is in HAVING: in WHERE the server
 * may turn it into a join that reads the whole other table for each part (manual, "Optimizing Subqueries … with Semijoin
 * and Antijoin Transformations").
 */
async function readSuspects(
  side: Side,
  row: Walk,
  from: string,
  most: number,
  reader: Reader,
  limitMs?: number,
): Promise<Suspect[]> {
  const rows = await reader.select<Record<string, unknown>>(
    `${keyColumns(row)}, ${side.content} AS content, ${side.differs} AS differs FROM ${from} HAVING differs LIMIT ${most}`,
    limitMs,
  );
  return rows.map((found) => ({ position: positionIn(row, found), content: String(found.content) }));
}

/** Two rows never have the same. */
function identityOf({ steps }: Walk, position: Position): string {
  return steps.map(({ literal }, at) => literal(position[at])).join(',');
}

/** `id=5`: for people, and cut if it is long. */
function keyOf({ steps }: Walk, position: Position): string {
  return steps.map(({ name }, at) => `${name}=${shown(position[at])}`).join(', ');
}

function isRowAt({ steps }: Walk, position: Position): string {
  return steps.map(({ sql, literal }, at) => `${sql} = ${literal(position[at])}`).join(' AND ');
}
