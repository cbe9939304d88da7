import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { quoteTable } from '../sql/quote.js';
import { createAs, withoutParentSchema } from './definition.js';

/** The tables that a probe has made: exactly these are dropped again. */
export class Clones {
  /** Quoted, with their schema. */
  readonly #made = new Set<string>();

  adopt(table: TableName): void {
    this.#made.add(quoteTable(table));
  }

  /**
   * @param definition SHOW CREATE TABLE of the original
   * @throws the server's error; error 1050 where the name is taken by something that is not ours
   */
  async create(session: Session, definition: string, table: TableName): Promise<void> {
    await withoutForeignKeyChecks(session, () =>
      session.execute(createAs(withoutParentSchema(definition), table)),
    );
    this.adopt(table);
  }

  async dropAll(session: Session): Promise<void> {
    if (this.#made.size === 0) return;
    const names = [...this.#made.keys()].join(', ');
    await withoutForeignKeyChecks(session, () => session.execute(`DROP TABLE IF EXISTS ${names}`));
    this.#made.clear();
  }
}

/** Foreign keys to tables that were not cloned dangle while checks are off; the probe itself runs with them on. */
async function withoutForeignKeyChecks(session: Session, work: () => Promise<unknown>): Promise<void> {
  await session.execute('SET SESSION foreign_key_checks=0');
  try {
    await work();
  } finally {
    await session.execute('SET SESSION foreign_key_checks=1');
  }
}
