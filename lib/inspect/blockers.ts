import pRetry from 'p-retry';
import type { Blocker } from '../documents/result.js';
import { cannotAsk, isUnconvertible } from '../mysql/errors.js';
import { readProcesses } from '../mysql/processlist.js';
import { type Session, withSession } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import type { TableName } from '../sql/names.js';
import { present } from '../util/present.js';
import { recordsTransactions } from './capabilities.js';
import { inspectServer, type ServerFacts } from './server.js';

/**
 * Who stands in the way of a change of the table: who holds it before who waits for it, oldest first. If the server
 * shows metadata locks (MySQL 8 and later by default) these are facts; otherwise every open InnoDB transaction is a
 * suspect.
 * @param ours connection ids of alterwise and its engine, left out
 */
export async function readBlockers(
  session: Session,
  server: ServerFacts,
  table: TableName,
  ours: readonly number[] = [],
): Promise<Blocker[]> {
  const own = new Set([...ours, session.connectionId]);
  const rows = server.metadataLocksVisible
    ? await lockHolders(session, server, table)
    : await suspects(session);
  const blockers = new Map<number, Blocker>();
  for (const each of rows.map(blocker)) {
    if (!own.has(each.connectionId) && !blockers.has(each.connectionId))
      blockers.set(each.connectionId, each);
  }
  return [...blockers.values()].sort(
    (a, b) => Number(a.role === 'waits') - Number(b.role === 'waits') || (b.ageMs ?? 0) - (a.ageMs ?? 0),
  );
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
 * holds SHARED_UPGRADABLE already, which is its place in the queue. Needs SELECT on performance_schema, and on MySQL
 * 5.7 and MariaDB PROCESS for the age of the transaction.
 */
function lockHolders(session: Session, server: ServerFacts, table: TableName): Promise<BlockerRow[]> {
  const x = recordsTransactions(server) ? transactionEvents : innodbTransactions;
  return session.rows<BlockerRow>(
    `SELECT t.PROCESSLIST_ID AS connectionId, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host,
            t.PROCESSLIST_COMMAND AS command, t.PROCESSLIST_TIME AS statementSeconds,
            ${x.ageUs} AS transactionUs, ${x.identity} AS transactionId,
            LEFT(COALESCE(t.PROCESSLIST_INFO, s.SQL_TEXT), 200) AS query,
            IF(m.LOCK_STATUS='GRANTED', 'holds', 'waits') AS role
       FROM performance_schema.metadata_locks m
       JOIN performance_schema.threads t ON t.THREAD_ID=m.OWNER_THREAD_ID
       LEFT JOIN ${x.from}
       LEFT JOIN performance_schema.events_statements_current s ON s.THREAD_ID=m.OWNER_THREAD_ID
      WHERE m.OBJECT_TYPE='TABLE' AND m.OBJECT_SCHEMA=? AND m.OBJECT_NAME=? AND t.PROCESSLIST_ID IS NOT NULL
      ORDER BY m.LOCK_STATUS='GRANTED' AND m.LOCK_TYPE<>'SHARED_UPGRADABLE' DESC,
               m.LOCK_STATUS<>'GRANTED' DESC, transactionUs DESC`,
    [table.schema, table.name],
  );
}

/**
 * MySQL 8 and up keep these by default. INNODB_TRX cannot be read at all on 9.7 while a transaction runs a statement
 * with a character of four bytes (error 3854, measured): an application that stores emoji would hide every lock.
 */
const transactionEvents = {
  // In picoseconds; of one that is running, until now (manual, "The events_transactions_current Table").
  ageUs: 'x.TIMER_WAIT / 1000000',
  identity: "CONCAT('event ', x.EVENT_ID)",
  from: "performance_schema.events_transactions_current x ON x.THREAD_ID=m.OWNER_THREAD_ID AND x.STATE='ACTIVE'",
};

const innodbTransactions = {
  ageUs: 'TIMESTAMPDIFF(MICROSECOND, x.TRX_STARTED, NOW(6))',
  identity: "CONCAT(x.TRX_ID, ' ', x.TRX_STARTED)",
  from: 'information_schema.INNODB_TRX x ON x.TRX_MYSQL_THREAD_ID=t.PROCESSLIST_ID',
};

/** A statement with a character of four bytes hides all on MySQL 9.7 (error 3854), but only while it runs. */
function readTransactions<Row extends object>(
  session: Session,
  sql: string,
  values: readonly unknown[],
  retries: number,
): Promise<Row[]> {
  return pRetry(() => session.rows<Row>(sql, values), {
    retries,
    minTimeout: 100,
    factor: 1,
    shouldRetry: ({ error }) => isUnconvertible(error),
  });
}

async function suspects(session: Session): Promise<BlockerRow[]> {
  const { ageUs, identity } = innodbTransactions;
  const rows = await readTransactions<
    Pick<BlockerRow, 'connectionId' | 'transactionUs' | 'transactionId' | 'query'>
  >(
    session,
    `SELECT x.TRX_MYSQL_THREAD_ID AS connectionId, ${ageUs} AS transactionUs, ${identity} AS transactionId,
            LEFT(x.TRX_QUERY, 200) AS query
       FROM information_schema.INNODB_TRX x`,
    [],
    20,
  );
  const processes = new Map((await readProcesses(session)).map((process) => [process.id, process]));
  return rows.flatMap((row) => {
    const process = processes.get(Number(row.connectionId));
    if (process === undefined) return [];
    const { user, host, command, seconds: statementSeconds, statement } = process;
    const query = statement?.slice(0, 200) ?? row.query;
    return [{ ...row, user, host, command, statementSeconds, query, role: 'suspect' }];
  });
}

function blocker({ transactionUs, transactionId, statementSeconds, query, ...row }: BlockerRow): Blocker {
  const connectionId = Number(row.connectionId);
  const ageMs = transactionUs === null ? Number(statementSeconds) * 1_000 : Number(transactionUs) / 1_000;
  return present({
    ...row,
    connectionId,
    ageMs: transactionUs === null && statementSeconds === null ? undefined : Math.round(ageMs),
    query: query?.replace(/\s+/g, ' '),
    transactionId: transactionId === null ? undefined : `${connectionId} ${transactionId}`,
  });
}

/**
 * How many rows the open transaction of a connection has changed, in all tables (manual, "The INFORMATION_SCHEMA
 * INNODB_TRX Table", TRX_ROWS_MODIFIED); of one that has none open, 0. Needs PROCESS.
 * @returns undefined if it cannot be known: see `readTransactions`
 */
export async function rowsChanged(session: Session, connectionId: number): Promise<number | undefined> {
  const select =
    'SELECT SUM(TRX_ROWS_MODIFIED) AS count FROM information_schema.INNODB_TRX WHERE TRX_MYSQL_THREAD_ID=?';
  try {
    const [row] = await readTransactions<{ count: number | string | null }>(
      session,
      select,
      [connectionId],
      4,
    );
    return Number(row?.count ?? 0);
  } catch (error) {
    if (isUnconvertible(error)) return undefined;
    throw error;
  }
}

/** Who holds a table, for a statement that did not get its lock: nobody, where the account may not know. */
export async function whoHolds(
  connection: ConnectionSettings,
  table: TableName,
): Promise<readonly Blocker[]> {
  try {
    return await withSession(connection, {}, async (session) =>
      readBlockers(session, await inspectServer(session), table),
    );
  } catch (error) {
    // It would hide what became of the statement.
    if (cannotAsk(error)) return [];
    throw error;
  }
}
