import { Random } from './random.js';
import type { LoadTable, Values } from './table.js';
import type { Truth } from './truth.js';
import { type Change, updated, type Write } from './write.js';

/** Which rows a writer may touch: those of its own share, so that the order of two writes to a row is known. */
export interface Share {
  index: number;
  of: number;
}

const transactionShare = 0.2;
const insertShare = 0.35;
const deleteShare = 0.3;
/** Rows that were written lately are written again: the order in which changes are applied then matters. */
const recentShare = 0.3;
const recentRows = 50;

/** Chooses writes at random: rows to insert, change and delete, alone and in small transactions. */
export class WriteChooser {
  readonly #truth: Truth;
  readonly #random: Random;
  readonly #share: Share;
  readonly #deleted: number[] = [];
  readonly #recent: number[] = [];
  #nextId: number;

  constructor(truth: Truth, share: Share) {
    this.#truth = truth;
    this.#share = share;
    this.#random = new Random(truth.seed, share.index, share.of);
    this.#nextId = firstAbove(truth.table.rows, share);
  }

  next(): Write {
    const size = this.#random.next() < transactionShare ? 2 + this.#random.below(2) : 1;
    const changes = new Map<number, Change>();
    for (let i = 0; i < size; i++) {
      const change = this.#change();
      changes.set(change.id, changes.get(change.id) ?? change);
    }
    return [...changes.values()];
  }

  /** To be told what was committed, and only that. */
  committed(write: Write): void {
    for (const { id, after } of write) {
      if (after === undefined) this.#deleted.push(id);
      this.#recent.push(id);
    }
    this.#recent.splice(0, this.#recent.length - recentRows);
  }

  #change(): Change {
    const kind = this.#random.next();
    const id = kind < insertShare ? undefined : this.#existing();
    const before = id === undefined ? undefined : this.#truth.get(id);
    if (id === undefined || before === undefined) return this.#insert();
    if (kind < insertShare + deleteShare) return { id, before, after: undefined };
    return { id, before, after: updated(this.#truth.table, before, this.#values(id)) };
  }

  /** A new id mostly, and now and then one whose row was deleted. */
  #insert(): Change {
    const again = this.#random.next() < 0.2 ? this.#deleted.shift() : undefined;
    const isFree =
      again !== undefined && !this.#truth.isDoubtful(again) && this.#truth.get(again) === undefined;
    const id = isFree ? again : this.#nextId;
    if (!isFree) this.#nextId += this.#share.of;
    return { id, before: undefined, after: this.#values(id) };
  }

  #existing(): number | undefined {
    const isRecent = this.#random.next() < recentShare && this.#recent.length > 0;
    for (let tries = 0; tries < 20; tries++) {
      const id = isRecent ? this.#recent[this.#random.below(this.#recent.length)] : this.#anyId();
      if (id !== undefined && this.#truth.get(id) !== undefined && !this.#truth.isDoubtful(id)) return id;
    }
    return undefined;
  }

  #anyId(): number {
    const { index, of } = this.#share;
    return this.#random.below(Math.ceil((this.#nextId - index) / of)) * of + index;
  }

  #values(id: number): Values {
    return valuesFor(this.#truth.table, this.#random, id);
  }
}

function valuesFor({ columns }: LoadTable, random: Random, id: number): Values {
  return columns.map((column) => column.value(random, id));
}

/** The lowest id above `rows` that is of this share. */
function firstAbove(rows: number, { index, of }: Share): number {
  const next = rows + 1;
  return next + ((((index - next) % of) + of) % of);
}
