import { unlessRefused } from '../mysql/errors.js';
import { filePatterns, nameOfFile } from '../mysql/file-names.js';
import type { Session } from '../mysql/session.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { hasDataDictionary } from './capabilities.js';
import type { ServerFacts } from './server.js';

export interface ForeignKey {
  name: string;
  child: TableName;
  parent: TableName;
}

/**
 * Foreign keys in both directions. KEY_COLUMN_USAGE searched by the referenced table would make MySQL 5.7 and
 * MariaDB open every table of the server; their InnoDB dictionary answers it from one table of its own.
 */
export async function readForeignKeys(
  session: Session,
  server: ServerFacts,
  table: TableName,
): Promise<{ outgoing: ForeignKey[]; incoming: ForeignKey[] }> {
  const outgoing = await session.rows<ForeignKeyRow>(
    `${keyColumns} WHERE TABLE_SCHEMA=? AND TABLE_NAME=? AND REFERENCED_TABLE_NAME IS NOT NULL AND ORDINAL_POSITION=1`,
    [table.schema, table.name],
  );
  return { outgoing: outgoing.map(foreignKey), incoming: await readIncoming(session, server, table) };
}

const keyColumns = `
  SELECT CONSTRAINT_NAME AS name, TABLE_SCHEMA AS childSchema, TABLE_NAME AS childName,
         REFERENCED_TABLE_SCHEMA AS parentSchema, REFERENCED_TABLE_NAME AS parentName
    FROM information_schema.KEY_COLUMN_USAGE`;

interface ForeignKeyRow {
  name: string;
  childSchema: string;
  childName: string;
  parentSchema: string;
  parentName: string;
}

function foreignKey(row: ForeignKeyRow): ForeignKey {
  return {
    name: row.name,
    child: { schema: row.childSchema, name: row.childName },
    parent: { schema: row.parentSchema, name: row.parentName },
  };
}

async function readIncoming(session: Session, server: ServerFacts, table: TableName): Promise<ForeignKey[]> {
  if (!hasDataDictionary(server)) {
    return (await fromDictionary(session, server, table)) ?? searched(session, table);
  }
  const rows = await session.rows<ForeignKeyRow>(
    `SELECT CONSTRAINT_NAME AS name, CONSTRAINT_SCHEMA AS childSchema, TABLE_NAME AS childName,
            UNIQUE_CONSTRAINT_SCHEMA AS parentSchema, REFERENCED_TABLE_NAME AS parentName
       FROM information_schema.REFERENTIAL_CONSTRAINTS
      WHERE UNIQUE_CONSTRAINT_SCHEMA=? AND REFERENCED_TABLE_NAME=?`,
    [table.schema, table.name],
  );
  return rows.map(foreignKey);
}

/** @returns undefined if the account may not look (PROCESS), or if a name cannot be derived from its file name */
async function fromDictionary(
  session: Session,
  { caseSensitiveNames }: ServerFacts,
  table: TableName,
): Promise<ForeignKey[] | undefined> {
  const rows = await unlessRefused(
    session.rows<{ id: string; child: string; parent: string }>(
      `SELECT ID AS id, FOR_NAME AS child, REF_NAME AS parent
       FROM information_schema.INNODB_SYS_FOREIGN WHERE REF_NAME LIKE ?`,
      [filePatterns(table)[0]],
    ),
  );
  if (rows === undefined) return undefined;
  const keys: ForeignKey[] = [];
  for (const row of rows) {
    const [child, parent] = [tableOfFile(row.child), tableOfFile(row.parent)];
    if (child === undefined || parent === undefined) return undefined;
    keys.push({ name: row.id.slice(row.id.indexOf('/') + 1), child, parent });
  }
  const spelled = (name: TableName) =>
    caseSensitiveNames ? tableLabel(name) : tableLabel(name).toLowerCase();
  return keys.filter(({ parent }) => spelled(parent) === spelled(table));
}

function tableOfFile(path: string): TableName | undefined {
  const slash = path.indexOf('/');
  const [schema, name] = [nameOfFile(path.slice(0, slash)), nameOfFile(path.slice(slash + 1))];
  return schema === undefined || name === undefined ? undefined : { schema, name };
}

/** Opens every table of the server: correct, but slow if there are many. */
async function searched(session: Session, table: TableName): Promise<ForeignKey[]> {
  const rows = await session.rows<ForeignKeyRow>(
    `${keyColumns} WHERE REFERENCED_TABLE_SCHEMA=? AND REFERENCED_TABLE_NAME=? AND ORDINAL_POSITION=1`,
    [table.schema, table.name],
  );
  return rows.map(foreignKey);
}
