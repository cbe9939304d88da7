import type { TableFacts } from '../inspect/table.js';
import { isRefusal, unlessRefused } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { quoteTable, type TableName } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { createAs } from '../table/forms.js';
import { readDefinition } from '../table/shape.js';
import { rowsElsewhere } from './faults.js';

/** A table as the statements before this one will leave it; undefined if they do not touch it. */
export type DefinitionAhead = (
  table: TableName,
) => { definition: string } | 'gone' | 'unforeseen' | undefined;

type Ties = Pick<TableFacts, 'name' | 'foreignKeys'>;

const most = 50;

/**
 * The tables at the other end of foreign keys, existing ones and those that the change adds: only beside their clones does
 * the server report what prevents a change. One that this account may not read is left out, since the real ALTER asserts
 * its class anyway; so is one whose clone would share real rows.
 */
export async function readRelatives(
  session: Session,
  table: Ties,
  references: AlterStatement['references'],
  ahead: DefinitionAhead = () => undefined,
): Promise<{ name: string; definition: string }[]> {
  const found = new Map<string, string>();
  for (const relative of relativesOf(table, references)) {
    const { name } = relative;
    if (name === table.name.name || found.has(name) || found.size === most) continue;
    const known = ahead(relative);
    if (known === 'gone' || known === 'unforeseen') continue;
    const definition = known?.definition ?? (await unlessRefused(readDefinition(session, relative)));
    if (definition !== undefined) found.set(name, definition);
  }
  return [...found]
    .map(([name, definition]) => ({ name, definition }))
    .filter(({ definition }) => rowsElsewhere(definition) === undefined);
}

/** Parents first, so that a child finds them. */
function relativesOf({ name, foreignKeys }: Ties, references: AlterStatement['references']): TableName[] {
  return [
    ...foreignKeys.outgoing.map((key) => key.parent),
    ...references.map(({ schema = name.schema, table }) => ({ schema, name: table })),
    ...foreignKeys.incoming.map((key) => key.child),
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
    const create = () => session.execute(createAs(definition, table));
    await withoutForeignKeyChecks(session, () =>
      create().catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
        return underOlderRules(session, create);
      }),
    );
    this.adopt(table);
  }

  async dropAll(session: Session): Promise<void> {
    if (this.#made.size === 0) return;
    const names = [...this.#made].join(', ');
    await withoutForeignKeyChecks(session, () => session.execute(`DROP TABLE IF EXISTS ${names}`));
    this.#made.clear();
  }
}

/**
 * Rules that the server has for new tables, and that the table itself may be older than: without a primary key, or with a row
 * format that strict mode refuses. To turn them off may take a privilege (SESSION_VARIABLES_ADMIN); without it they hold.
 */
const rulesForNewTables = ['sql_require_primary_key', 'innodb_strict_mode'];

/** The change itself is tried under the rules of the server, as it will be made. */
async function underOlderRules(session: Session, work: () => Promise<unknown>): Promise<void> {
  for (const rule of rulesForNewTables) await unlessRefused(session.execute(`SET SESSION ${rule}=0`));
  try {
    await work();
  } finally {
    for (const rule of rulesForNewTables) {
      await unlessRefused(session.execute(`SET SESSION ${rule}=@@GLOBAL.${rule}`));
    }
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
