import { readDefinition } from '../inspect/shape.js';
import type { TableFacts } from '../inspect/table.js';
import { isServerError } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import type { AlterStatement } from '../sql/statement.js';
import type { Clones } from './clone.js';

const most = 50;

/**
 * Clones the tables at the other end of foreign keys, those that there are and those that the change makes: only
 * beside them does the server say what stands in the way of a change. One that cannot be cloned is left out;
 * the real ALTER asserts its class all the same.
 */
export async function cloneRelatives(
  session: Session,
  table: TableFacts,
  { references }: Pick<AlterStatement, 'references'>,
  schema: string,
  clones: Clones,
): Promise<void> {
  for (const relative of relativesOf(table, references).slice(0, most)) {
    const clone = { schema, name: relative.name };
    if (relative.name === table.name.name || clones.has(clone)) continue;
    try {
      await clones.create(session, await readDefinition(session, relative), clone);
    } catch (error) {
      if (!isServerError(error)) throw error;
    }
  }
}

/** Parents come first, so that a child finds them. */
function relativesOf(table: TableFacts, references: AlterStatement['references']): TableName[] {
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
