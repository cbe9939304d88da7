import type { TableFacts } from '../inspect/table.js';
import type { TableName } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';

/** A table as the statements planned so far will leave it. */
export type TableAhead =
  | { state: 'known'; facts: TableFacts; rows: RowsAhead }
  | { state: 'gone' }
  /** What it will look like depends on the data. */
  | { state: 'unforeseen'; why: string };

/**
 * What can be asked of the rows now: `there` all of it; `reshaped` or `rewritten` only when the statement's turn has
 * come, since one before it changes the columns or the rows; `none` for a table that one before it makes.
 */
export type RowsAhead = 'there' | 'reshaped' | 'rewritten' | 'none';

/** The schema as the statements planned so far will leave it; what they do not touch is not in it. */
export class SchemaAhead {
  readonly #tables = new Map<string, TableAhead>();

  /** No statement before this one changes anything. */
  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }

  get(name: TableName): TableAhead | undefined {
    return this.#tables.get(tableLabel(name));
  }

  /** @param table undefined: as if nothing had been planned for it */
  set(name: TableName, table: TableAhead | undefined): void {
    if (table === undefined) {
      this.#tables.delete(tableLabel(name));
      return;
    }
    this.#tables.set(tableLabel(name), table);
  }
}
