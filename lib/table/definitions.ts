import { createHash } from 'node:crypto';
import { isUnknownDatabase, isUnknownTable } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../sql/names.js';
import { normalizeDefinition } from './definition.js';
import { readDefinition } from './shape.js';

/**
 * A foreign key, without its own name and what it points at: both change when a table is renamed, and that by another
 * statement than those about this one.
 */
const foreignKey =
  /CONSTRAINT `(?:[^`]|``)+` (FOREIGN KEY \(.*?\)) REFERENCES `(?:[^`]|``)+` \((?:`(?:[^`]|``)+`(?:, )?)+\)/g;

/** What tables are now, for a record: a hash of each definition, absent where there is no such table. */
export async function readDefinitions(
  session: Session,
  tables: readonly TableName[],
): Promise<{ table: TableName; definition?: string }[]> {
  const read: { table: TableName; definition?: string }[] = [];
  for (const table of tables) {
    const definition = await definitionOf(session, table);
    read.push({ table, ...(definition !== undefined && { definition }) });
  }
  return read;
}

/** @param definition normalized */
export function definitionHash(definition: string): string {
  return createHash('sha256').update(definition.replace(foreignKey, '$1')).digest('hex');
}

async function definitionOf(session: Session, table: TableName): Promise<string | undefined> {
  try {
    return definitionHash(normalizeDefinition(await readDefinition(session, table)));
  } catch (error) {
    if (isUnknownTable(error) || isUnknownDatabase(error)) return undefined;
    throw error;
  }
}
