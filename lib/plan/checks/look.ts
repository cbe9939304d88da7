import type { ServerFacts } from '../../inspect/server.js';
import type { Session } from '../../mysql/session.js';

/** How long the server may look before it gives up by itself. */
const limitMs = 1_000;

/**
 * A cheap look at what the server knows, limited in time.
 * @param what what follows SELECT
 * @returns undefined where the account may not look, the server has no such table, or the time was up
 */
export async function look<Row extends object>(
  session: Session,
  { flavor }: Pick<ServerFacts, 'flavor'>,
  what: string,
  values: readonly unknown[],
): Promise<Row[] | undefined> {
  const sql =
    flavor === 'mariadb'
      ? `SET STATEMENT max_statement_time=${limitMs / 1_000} FOR SELECT ${what}`
      : `SELECT /*+ MAX_EXECUTION_TIME(${limitMs}) */ ${what}`;
  try {
    return await session.rows<Row>(sql, values);
  } catch {
    return undefined;
  }
}
