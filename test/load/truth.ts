import { Random } from './random.js';
import type { LoadTable, Values } from './table.js';

/** What a row may be: not there, or with these values. */
export type RowState = Values | undefined;

/**
 * What must be in the table, kept outside of it: the rows of the fill, which a seed tells, and what was committed
 * since. Only what was changed takes memory.
 */
export class Truth {
  readonly table: LoadTable;
  readonly seed: number;
  readonly #changed = new Map<number, RowState>();
  readonly #doubts = new Map<number, readonly RowState[]>();
  #maxId: number;
  #rows: number;

  constructor(table: LoadTable, seed: number) {
    this.table = table;
    this.seed = seed;
    this.#maxId = table.rows;
    this.#rows = table.rows;
  }

  get rows(): number {
    return this.#rows;
  }

  /** No row that was ever committed, or may have been, has a higher id. */
  get maxId(): number {
    return this.#maxId;
  }

  get(id: number): RowState {
    if (this.#changed.has(id)) return this.#changed.get(id);
    return id >= 1 && id <= this.table.rows ? fillValues(this.table, this.seed, id) : undefined;
  }

  /** Notes what was committed. */
  commit(id: number, state: RowState): void {
    this.#rows += Number(state !== undefined) - Number(this.get(id) !== undefined);
    this.#changed.set(id, state);
    this.#maxId = Math.max(this.#maxId, id);
  }

  /** Notes that nobody can tell which of these the row is. */
  doubt(id: number, states: readonly RowState[]): void {
    this.#doubts.set(id, states);
    this.#maxId = Math.max(this.#maxId, id);
  }

  /** Every state that the row may rightly be in. */
  possible(id: number): readonly RowState[] {
    return this.#doubts.get(id) ?? [this.get(id)];
  }

  isDoubtful(id: number): boolean {
    return this.#doubts.has(id);
  }
}

/** The row of the fill with this id. */
export function fillValues({ columns }: LoadTable, seed: number, id: number): Values {
  const random = new Random(seed, id);
  return columns.map((column) => column.value(random, id));
}
