import type { Random } from './random.js';

export type Value = string | number | null;

/** The values of a row, in the order of the table's columns, without its key. */
export type Values = readonly Value[];

/** A column that the load writes; what it does not know keeps its default. */
export interface LoadColumn {
  name: string;
  /** What it is called after a rename that may happen at any moment. */
  renamedTo?: string;
  /** Given once, by INSERT: an UPDATE leaves it alone. */
  constant?: boolean;
  /** A value for the row of this id. Must look the same in the table after a change of the column's type. */
  value(random: Random, id: number): Value;
}

/** What the load knows about a table: its key is the integer column `id`, and it writes no other than these. */
export interface LoadTable {
  schema: string;
  name: string;
  columns: readonly LoadColumn[];
  /** Rows 1 to this are there when the load begins, as `fillTable` makes them. */
  rows: number;
}
