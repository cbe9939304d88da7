import { filePatterns } from '../inspect/file-names.js';
import type { ServerFacts } from '../inspect/server.js';
import { isAccessDenied } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { escapeLike } from '../sql/quote.js';

/**
 * The ids of the tablespaces of a table and its partitions. They change exactly when the table is written anew
 * (measured on MySQL 9.7 and MariaDB 10.11). INNODB_TABLESPACES takes no metadata locks, unlike INNODB_TABLES.
 * @returns undefined where the account may not look (PROCESS)
 */
export async function readTablespaces(
  session: Session,
  server: ServerFacts,
  table: TableName,
): Promise<string | undefined> {
  const modern = server.flavor === 'mysql' && server.version.atLeast(8);
  // INNODB_TABLESPACES spells names as people do, the older table spells them like files.
  const [source, patterns] = modern
    ? ['INNODB_TABLESPACES', filePatterns(table, escapeLike)]
    : ['INNODB_SYS_TABLES', filePatterns(table)];
  try {
    const rows = await session.rows<{ name: string; space: number }>(
      `SELECT NAME AS name, SPACE AS space FROM information_schema.${source}
        WHERE NAME LIKE ? OR NAME LIKE ? ORDER BY NAME`,
      patterns,
    );
    return rows.map((row) => `${row.name}=${row.space}`).join(' ');
  } catch (error) {
    if (isAccessDenied(error)) return undefined;
    throw error;
  }
}
