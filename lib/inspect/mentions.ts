import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { escapeLike, quoteName } from '../sql/quote.js';
import type { ServerFacts } from './server.js';

export interface Trigger {
  name: string;
  /** `BEFORE INSERT` … */
  when: string;
  statement: string;
}

export interface View extends TableName {
  definition: string;
}

export async function readTriggers(session: Session, table: TableName): Promise<Trigger[]> {
  return session.rows<Trigger>(
    `SELECT TRIGGER_NAME AS name, CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION) AS \`when\`,
            ACTION_STATEMENT AS statement
       FROM information_schema.TRIGGERS
      WHERE TRIGGER_SCHEMA=? AND EVENT_OBJECT_SCHEMA=? AND EVENT_OBJECT_TABLE=?`,
    [table.schema, table.schema, table.name],
  );
}

/**
 * Views over the table. MySQL 8.0.13 and up keep them by table; older servers and MariaDB have to look through
 * the schema's views, so the look is limited in time: undefined means "could not tell".
 */
export async function readViews(
  session: Session,
  server: ServerFacts,
  table: TableName,
): Promise<View[] | undefined> {
  const byTable = server.flavor === 'mysql' && server.version.atLeast(8, 0, 13);
  const select = 'v.TABLE_SCHEMA AS `schema`, v.TABLE_NAME AS name, v.VIEW_DEFINITION AS definition';
  const search = `${select} FROM information_schema.VIEWS v WHERE v.TABLE_SCHEMA=? AND v.VIEW_DEFINITION LIKE ?`;
  const limited =
    server.flavor === 'mariadb'
      ? `SET STATEMENT max_statement_time=1 FOR SELECT ${search}`
      : `SELECT /*+ MAX_EXECUTION_TIME(1000) */ ${search}`;
  try {
    if (!byTable)
      return await session.rows<View>(limited, [table.schema, `%${escapeLike(quoteName(table.name))}%`]);
    return await session.rows<View>(
      `SELECT /*+ MAX_EXECUTION_TIME(1000) */ ${select}
         FROM information_schema.VIEW_TABLE_USAGE u
         JOIN information_schema.VIEWS v ON v.TABLE_SCHEMA=u.VIEW_SCHEMA AND v.TABLE_NAME=u.VIEW_NAME
        WHERE u.TABLE_SCHEMA=? AND u.TABLE_NAME=?`,
      [table.schema, table.name],
    );
  } catch {
    return undefined;
  }
}
