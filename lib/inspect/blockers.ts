import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import type { ServerFacts } from './server.js';

/** A connection that holds or waits for a lock on the table, as a DBA wants to see it. */
export interface Blocker {
  connectionId: number;
  user?: string;
  host?: string;
  /** How long its transaction has been open, or its statement runs. */
  ageMs?: number;
  /** Its statement now, or the last one it ran; shortened to 200 characters. */
  query?: string;
  /** `holds`: seen in metadata_locks; `waits`: queued; `suspect`: an open transaction, the lock not provable here. */
  role: 'holds' | 'waits' | 'suspect';
  command?: string;
  /**
   * Tells whether its transaction is still the same one: InnoDB's id, and when it began (one that only reads has
   * the same id as the next that only reads, on the same connection).
   */
  transactionId?: string;
}

/**
 * Who stands in the way of a change of the table, oldest first. Where the server shows metadata locks (MySQL 8
 * and up by default) these are facts; elsewhere every open InnoDB transaction is a suspect.
 * @param ours connection ids of alterwise and its engine, left out
 */
export async function readBlockers(
  session: Session,
  server: ServerFacts,
  table: TableName,
  ours: readonly number[] = [],
): Promise<Blocker[]> {
  const own = new Set([...ours, session.connectionId]);
  const rows = server.metadataLocksVisible ? await lockHolders(session, table) : await suspects(session);
  const blockers = new Map<number, Blocker>();
  for (const row of rows) {
    const connectionId = Number(row.connectionId);
    if (!own.has(connectionId) && !blockers.has(connectionId)) blockers.set(connectionId, blocker(row));
  }
  return [...blockers.values()].sort((a, b) => (b.ageMs ?? 0) - (a.ageMs ?? 0));
}

interface BlockerRow {
  connectionId: number;
  user: string | null;
  host: string | null;
  command: string | null;
  transactionUs: number | null;
  transactionId: string | null;
  statementSeconds: number | null;
  query: string | null;
  role: Blocker['role'];
}

/**
 * A connection has several locks: that it holds one matters more than that it waits for another. An ALTER that waits
 * holds SHARED_UPGRADABLE already, which is its place in the queue. Needs SELECT on performance_schema, and PROCESS
 * for the age of the transaction.
 */
function lockHolders(session: Session, table: TableName): Promise<BlockerRow[]> {
  return session.rows<BlockerRow>(
    `SELECT t.PROCESSLIST_ID AS connectionId, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host,
            t.PROCESSLIST_COMMAND AS command, t.PROCESSLIST_TIME AS statementSeconds,
            TIMESTAMPDIFF(MICROSECOND, x.TRX_STARTED, NOW(6)) AS transactionUs,
            CONCAT(x.TRX_ID, ' ', x.TRX_STARTED) AS transactionId,
            LEFT(COALESCE(t.PROCESSLIST_INFO, s.SQL_TEXT), 200) AS query,
            IF(m.LOCK_STATUS='GRANTED', 'holds', 'waits') AS role
       FROM performance_schema.metadata_locks m
       JOIN performance_schema.threads t ON t.THREAD_ID=m.OWNER_THREAD_ID
       LEFT JOIN information_schema.INNODB_TRX x ON x.TRX_MYSQL_THREAD_ID=t.PROCESSLIST_ID
       LEFT JOIN performance_schema.events_statements_current s ON s.THREAD_ID=m.OWNER_THREAD_ID
      WHERE m.OBJECT_TYPE='TABLE' AND m.OBJECT_SCHEMA=? AND m.OBJECT_NAME=? AND t.PROCESSLIST_ID IS NOT NULL
      ORDER BY m.LOCK_STATUS='GRANTED' AND m.LOCK_TYPE<>'SHARED_UPGRADABLE' DESC,
               m.LOCK_STATUS<>'GRANTED' DESC, transactionUs DESC`,
    [table.schema, table.name],
  );
}

function suspects(session: Session): Promise<BlockerRow[]> {
  return session.rows<BlockerRow>(
    `SELECT x.TRX_MYSQL_THREAD_ID AS connectionId, p.USER AS user, p.HOST AS host, p.COMMAND AS command,
            p.TIME AS statementSeconds, TIMESTAMPDIFF(MICROSECOND, x.TRX_STARTED, NOW(6)) AS transactionUs,
            CONCAT(x.TRX_ID, ' ', x.TRX_STARTED) AS transactionId,
            LEFT(COALESCE(p.INFO, x.TRX_QUERY), 200) AS query, 'suspect' AS role
       FROM information_schema.INNODB_TRX x
       JOIN information_schema.PROCESSLIST p ON p.ID=x.TRX_MYSQL_THREAD_ID
      ORDER BY transactionUs DESC`,
  );
}

function blocker(row: BlockerRow): Blocker {
  const ageMs =
    row.transactionUs !== null
      ? Math.round(Number(row.transactionUs) / 1000)
      : row.statementSeconds !== null
        ? Number(row.statementSeconds) * 1000
        : undefined;
  const connectionId = Number(row.connectionId);
  return {
    connectionId,
    ...(row.user !== null && { user: row.user }),
    ...(row.host !== null && { host: row.host }),
    ...(ageMs !== undefined && { ageMs }),
    ...(row.query !== null && { query: row.query.replace(/\s+/g, ' ') }),
    ...(row.command !== null && { command: row.command }),
    ...(row.transactionId !== null && { transactionId: `${connectionId} ${row.transactionId}` }),
    role: row.role,
  };
}
