import type { RowsAhead } from '../checks/shared/facts.js';
import type { TableFacts } from '../inspect/table.js';
import { type TableName, tableLabel } from '../sql/names.js';

/** A table as the statements planned so far will leave it. */
export type TableAhead =
  | { state: 'known'; facts: TableFacts; rows: RowsAhead }
  | { state: 'gone' }
  /** What it will look like depends on the data. */
  | { state: 'unforeseen'; why: string };

/** The schema as the statements planned so far will leave it; what they do not touch is not in it. */
export class SchemaAhead {
  readonly #tables = new Map<string, TableAhead>();
  readonly #written = new Set<string>();
  readonly #caseSensitive: boolean;

  /** @param caseSensitive whether names that differ in case only are different tables */
  constructor(caseSensitive = true) {
    this.#caseSensitive = caseSensitive;
  }

  /** A SET before this one decides which plain statements pass: what the server refuses on trial may pass then. */
  isSetOtherwise = false;

  /** No statement before this one changes anything. */
  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }

  get(name: TableName): TableAhead | undefined {
    return this.#tables.get(this.#key(name));
  }

  /** Those whose future definition is known. */
  known(): TableName[] {
    return [...this.#tables.values()].flatMap((table) => (table.state === 'known' ? [table.facts.name] : []));
  }

  /** A statement over several tables writes perhaps any that it names; a name may be an alias. */
  noteWritten(names: readonly string[]): void {
    for (const name of names) this.#written.add(name.toLowerCase());
  }

  mayBeWritten({ name }: TableName): boolean {
    return this.#written.has(name.toLowerCase());
  }

  /** @param table undefined: as if nothing had been planned for it */
  set(name: TableName, table: TableAhead | undefined): void {
    if (table === undefined) {
      this.#tables.delete(this.#key(name));
      return;
    }
    this.#tables.set(this.#key(name), table);
  }

  #key(name: TableName): string {
    return this.#caseSensitive ? tableLabel(name) : tableLabel(name).toLowerCase();
  }
}
