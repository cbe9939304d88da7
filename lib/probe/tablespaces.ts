import type { ServerFacts } from '../inspect/server.js';
import type { Session } from '../mysql/session.js';

/**
 * The ids of a table's tablespaces. They change exactly when the table is written anew (measured on MySQL 9.7
 * and MariaDB 10.11). INNODB_TABLESPACES takes no metadata locks, unlike INNODB_TABLES. Needs PROCESS.
 * @param pattern LIKE pattern over names as InnoDB's dictionary writes them
 */
export async function readTablespaces(
  session: Session,
  server: ServerFacts,
  pattern: string,
): Promise<string> {
  const modern = server.flavor === 'mysql' && server.version.atLeast(8);
  const source = modern ? 'INNODB_TABLESPACES' : 'INNODB_SYS_TABLES';
  const rows = await session.rows<{ name: string; space: number }>(
    `SELECT NAME AS name, SPACE AS space FROM information_schema.${source} WHERE NAME LIKE ? ORDER BY NAME`,
    [pattern],
  );
  return rows.map((row) => `${row.name}=${row.space}`).join(' ');
}
