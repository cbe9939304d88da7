import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { quoteTable } from '../sql/quote.js';
import { createAs, withoutParentSchema } from './definition.js';

/** The tables that a probe has made: exactly these are dropped again. */
export class Clones {
  readonly #made = new Map<string, TableName>();

  has(table: TableName): boolean {
    return this.#made.has(quoteTable(table));
  }

  adopt(table: TableName): void {
    this.#made.set(quoteTable(table), table);
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

  async drop(session: Session, ...tables: readonly TableName[]): Promise<void> {
    const ours = tables.filter((table) => this.has(table));
    if (ours.length === 0) return;
    await withoutForeignKeyChecks(session, () =>
      session.execute(`DROP TABLE IF EXISTS ${ours.map(quoteTable).join(', ')}`),
    );
    for (const table of ours) this.#made.delete(quoteTable(table));
  }

  async dropAll(session: Session): Promise<void> {
    await this.drop(session, ...this.#made.values());
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
