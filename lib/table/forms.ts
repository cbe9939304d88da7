import { createHash } from 'node:crypto';
import { isUnknownDatabase, isUnknownTable } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { lex } from '../sql/lexer.js';
import { quoteName, quoteTable, type TableName } from '../sql/names.js';
import { findWords, keyword } from '../sql/tokens.js';
import { edited, readTable, type TableDefinition, withParts, writeTable } from './definition.js';
import { withoutOption } from './options.js';
import { type Part, withParent } from './parts.js';
import { readDefinition } from './shape.js';

/**
 * A definition without what does not belong to the shape of the table: the next AUTO_INCREMENT, what `comparable` leaves
 * out, and the schema in REFERENCES (a clone is in another one).
 */
export function normalizeDefinition(definition: string): string {
  return edited(definition, (table) => ({
    ...table,
    parts: table.parts.map((part) => ({ ...part, sql: localSql(part, withoutImpliedCharset(part)) })),
    options: withoutOption(table.options, 'AUTO_INCREMENT'),
  }));
}

/**
 * Without the character set beside a collation, which implies it: MySQL 8 writes it only if the statement did, so that
 * the same column may show it in one table and not in another.
 */
export function comparable(definition: string): string {
  return withParts(definition, withoutImpliedCharset);
}

function withoutImpliedCharset({ what, sql }: Part): string {
  const tokens = what === 'column' ? lex(sql) : [];
  const at = findWords(tokens, 'CHARACTER', 'SET');
  if (at === undefined || keyword(tokens[at + 3]) !== 'COLLATE') return sql;
  return `${sql.slice(0, tokens[at]?.start)}${sql.slice(tokens[at + 3]?.start)}`;
}

function localSql(part: Part, sql = part.sql): string {
  return part.what === 'foreign-key' && part.parent.schema !== undefined
    ? withParent(part, quoteName(part.parent.name))
    : sql;
}

/** The statement that creates the same table in the schema of a clone, which has the parents in its own schema. */
export function createAs(definition: string, clone: TableName): string {
  const local = withParts(definition, (part) => localSql(part));
  return edited(local, (table) => ({ ...table, head: `CREATE TABLE ${quoteTable(clone)} ` }));
}

/** The same definition, as if the table had this name. */
export function renamedTo(definition: string, name: string): string {
  return edited(definition, (table) => ({ ...table, head: `CREATE TABLE ${quoteName(name)} ` }));
}

/**
 * For a clone beside the original table: without foreign keys, which would lock the parents, and without the names of
 * CHECKs, which are unique in a schema.
 */
export function withoutConstraintNames(definition: string): string {
  return withParts(definition, (part) => {
    if (part.what === 'foreign-key') return undefined;
    return part.what === 'check' ? part.body : part.sql;
  });
}

/**
 * What two definitions are compared by: the head, each part, the options and the partitions.
 * @param textOf the text of a part; by default its own
 */
export function piecesOf(
  definition: string,
  textOf: (part: Part) => string | undefined = ({ sql }) => sql,
): string[] {
  const table = readTable(definition);
  if (table === undefined) return [definition];
  const { head, parts, options, partitioning } = table;
  return [head, ...parts.flatMap((part) => textOf(part) ?? []), options.text, partitioning?.sql ?? ''];
}

/**
 * Whether two definitions are the same. The names of CHECKs are not compared: gh-ost creates its table by CREATE TABLE …
 * LIKE, which gives every CHECK a new name (MySQL manual, "CREATE TABLE ... LIKE").
 * @param ordered false: their parts may stand in another order
 */
export function sameDefinition(one: string, other: string, ordered: boolean): boolean {
  const [a, b] = [one, other].map((text) => {
    const pieces = piecesOf(text, (part) => (part.what === 'check' ? part.body : part.sql));
    return (ordered ? pieces : pieces.sort()).join('\n');
  });
  return a === b;
}

/** The form of plans and records: no commas at the ends of lines. */
export function asKept(table: TableDefinition): string {
  return writeTable({ ...table, hasCommas: false });
}

/** What tables are now, for a record: a hash of each definition, absent if there is no such table. */
export async function readDefinitionHashes(
  session: Session,
  tables: readonly TableName[],
): Promise<{ table: TableName; definition?: string }[]> {
  const read: { table: TableName; definition?: string }[] = [];
  for (const table of tables) {
    const definition = await readNormalized(session, table);
    read.push({ table, ...(definition !== undefined && { definition: definitionHash(definition) }) });
  }
  return read;
}

/** @returns undefined if there is no such table */
export async function readNormalized(session: Session, table: TableName): Promise<string | undefined> {
  try {
    return normalizeDefinition(await readDefinition(session, table));
  } catch (error) {
    if (isUnknownTable(error) || isUnknownDatabase(error)) return undefined;
    throw error;
  }
}

/**
 * Without the names of foreign keys and of their parents: both change when a table is renamed, which is the work of other
 * statements than those about this table.
 * @param definition normalized
 */
export function definitionHash(definition: string): string {
  const anonymous = withParts(definition, (part) =>
    part.what === 'foreign-key'
      ? `FOREIGN KEY (${part.columns.map(quoteName).join(', ')}) ${part.actions}`.trim()
      : part.sql,
  );
  return createHash('sha256').update(anonymous).digest('hex');
}
