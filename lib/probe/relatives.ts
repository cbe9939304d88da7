import type { TableFacts } from '../inspect/table.js';
import { unlessRefused } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { quoteTable, type TableName } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { createAs } from '../table/forms.js';
import { readDefinition } from '../table/shape.js';
import { rowsElsewhere } from './faults.js';

/** A table at the other end of a foreign key. */
interface Relative {
  name: string;
  definition: string;
}

/** A table as the statements before this one will leave it; undefined if they do not touch it. */
export type DefinitionAhead = (
  table: TableName,
) => { definition: string } | 'gone' | 'unforeseen' | undefined;

type Ties = Pick<TableFacts, 'name' | 'foreignKeys'>;

const most = 50;

/**
 * The tables at the other end of foreign keys, existing ones and those that the change adds: only beside their clones does
 * the server report what prevents a change. One that this account may not read is left out; the real ALTER asserts its
 * class anyway.
 */
export async function readRelatives(
  session: Session,
  table: Ties,
  references: AlterStatement['references'],
  ahead: DefinitionAhead = () => undefined,
): Promise<Relative[]> {
  const found = new Map<string, Relative>();
  for (const { schema, name } of relativesOf(table, references)) {
    if (name === table.name.name || found.has(name) || found.size === most) continue;
    const known = ahead({ schema, name });
    if (known === 'gone' || known === 'unforeseen') continue;
    const definition = known?.definition ?? (await unlessRefused(readDefinition(session, { schema, name })));
    if (definition !== undefined) found.set(name, { name, definition });
  }
  return [...found.values()];
}

/**
 * Leaves out those that the server refuses in this schema (two with the same constraint name, say), and those whose clone
 * would share real rows.
 */
export async function cloneRelatives(
  session: Session,
  relatives: readonly Relative[],
  schema: string,
  clones: Clones,
): Promise<void> {
  for (const { name, definition } of relatives) {
    if (rowsElsewhere(definition) !== undefined) continue;
    await unlessRefused(clones.create(session, definition, { schema, name }));
  }
}

/** Parents first, so that a child finds them. */
function relativesOf(table: Ties, references: AlterStatement['references']): TableName[] {
  const { outgoing, incoming } = table.foreignKeys;
  return [
    ...outgoing.map((key) => key.parent),
    ...references.map((reference) => ({
      schema: reference.schema ?? table.name.schema,
      name: reference.table,
    })),
    ...incoming.map((key) => key.child),
  ];
}

/** The tables that a probe has created: exactly these are dropped again. */
export class Clones {
  /** Quoted, with their schema. */
  readonly #made = new Set<string>();

  adopt(table: TableName): void {
    this.#made.add(quoteTable(table));
  }

  /**
   * @param definition SHOW CREATE TABLE of the original
   * @throws the server's error; 1050 if a table that alterwise did not create has the name
   */
  async create(session: Session, definition: string, table: TableName): Promise<void> {
    await withoutForeignKeyChecks(session, () => session.execute(createAs(definition, table)));
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
