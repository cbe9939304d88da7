import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
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
    `SELECT CONSTRAINT_NAME AS name, TABLE_SCHEMA AS childSchema, TABLE_NAME AS childName,
            REFERENCED_TABLE_SCHEMA AS parentSchema, REFERENCED_TABLE_NAME AS parentName
       FROM information_schema.KEY_COLUMN_USAGE
      WHERE TABLE_SCHEMA=? AND TABLE_NAME=? AND REFERENCED_TABLE_NAME IS NOT NULL AND ORDINAL_POSITION=1`,
    [table.schema, table.name],
  );
  return { outgoing: outgoing.map(foreignKey), incoming: await readIncoming(session, server, table) };
}

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
  if (server.flavor === 'mysql' && server.version.atLeast(8)) {
    const rows = await session.rows<ForeignKeyRow>(
      `SELECT CONSTRAINT_NAME AS name, CONSTRAINT_SCHEMA AS childSchema, TABLE_NAME AS childName,
              UNIQUE_CONSTRAINT_SCHEMA AS parentSchema, REFERENCED_TABLE_NAME AS parentName
         FROM information_schema.REFERENTIAL_CONSTRAINTS
        WHERE UNIQUE_CONSTRAINT_SCHEMA=? AND REFERENCED_TABLE_NAME=?`,
      [table.schema, table.name],
    );
    return rows.map(foreignKey);
  }
  const rows = await session.rows<{ id: string; child: string }>(
    'SELECT ID AS id, FOR_NAME AS child FROM information_schema.INNODB_SYS_FOREIGN WHERE REF_NAME=?',
    [`${fileName(table.schema)}/${fileName(table.name)}`],
  );
  return rows.map((row) => ({
    name: row.id.slice(row.id.indexOf('/') + 1),
    child: fromFileName(row.child),
    parent: table,
  }));
}

/**
 * A name as InnoDB's dictionary writes it: what is not a letter, digit or `_` becomes `@` and four hex digits
 * (MySQL manual, "Mapping of Identifiers to File Names").
 */
export function fileName(name: string): string {
  return name.replace(
    /[^0-9A-Za-z_]/gu,
    (char) => `@${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

function fromFileName(path: string): TableName {
  const decode = (text: string) =>
    text.replace(/@([0-9a-f]{4})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  const slash = path.indexOf('/');
  return { schema: decode(path.slice(0, slash)), name: decode(path.slice(slash + 1)) };
}
