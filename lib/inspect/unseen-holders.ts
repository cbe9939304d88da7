import { cannotAsk, unlessRefused } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteString } from '../sql/names.js';
import { inspectServer, type ServerFacts } from './server.js';

/** What keeps a table from being changed and is no connection at that table. */
export interface UnseenHolder {
  /** `connection 12 root@10.0.0.3 holds the backup lock (LOCK INSTANCE FOR BACKUP)` */
  text: string;
  /** What ends it. */
  next: string;
}

interface LockRow {
  type: 'GLOBAL' | 'BACKUP LOCK';
  id: number;
  user: string | null;
  host: string | null;
}

const locks = {
  GLOBAL: 'the global read lock (FLUSH TABLES WITH READ LOCK)',
  'BACKUP LOCK': 'the backup lock (LOCK INSTANCE FOR BACKUP)',
} as const;

/**
 * Who holds a lock over the whole server, which every DDL waits for: backups take it. Measured on MySQL 5.7 to 9.7 and
 * MariaDB 10.11 and 11.4: metadata_locks shows the holder on MySQL 8 and later, no table does on the others.
 */
export async function readServerLocks(session: Session, server: ServerFacts): Promise<UnseenHolder[]> {
  if (!server.metadataLocksVisible || server.flavor === 'mariadb') return [];
  const rows = await unlessRefused(
    session.rows<LockRow>(
      `SELECT m.OBJECT_TYPE AS type, t.PROCESSLIST_ID AS id, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host
         FROM performance_schema.metadata_locks m
         JOIN performance_schema.threads t ON t.THREAD_ID=m.OWNER_THREAD_ID
        WHERE m.OBJECT_TYPE IN ('GLOBAL', 'BACKUP LOCK') AND m.LOCK_TYPE='SHARED' AND m.LOCK_STATUS='GRANTED'
          AND t.PROCESSLIST_ID IS NOT NULL`,
    ),
  );
  return (rows ?? []).map(({ type, id, user, host }) => ({
    text: `connection ${id} ${user ?? '?'}@${host ?? '?'} holds ${locks[type]}`,
    next: `Wait until it has ended; KILL ${id} ends it, and with it the backup that it may be part of.`,
  }));
}

/** For a server that does not show who holds such a lock, although something does. */
export function unknownServerLock({ flavor }: Pick<ServerFacts, 'flavor'>): UnseenHolder {
  const backup = flavor === 'mariadb' ? 'BACKUP STAGE (mariadb-backup) or ' : '';
  return {
    text: `a connection holds a lock over the whole server, by ${backup}FLUSH TABLES WITH READ LOCK; this server does not show which`,
    next: 'Wait until the backup has ended, or look for it in SHOW PROCESSLIST.',
  };
}

interface Prepared {
  formatID: number;
  gtrid_length: number;
  bqual_length: number;
  data: string;
}

/**
 * Prepared XA transactions whose connection has ended: they keep their locks on tables until somebody ends them (measured on
 * all five servers). Only the row locks say which tables, so all of them are named. Needs XA_RECOVER_ADMIN on MySQL 8.
 */
async function readPrepared(session: Session, { flavor }: ServerFacts): Promise<UnseenHolder[]> {
  const how = flavor === 'mariadb' ? "FORMAT='SQL'" : 'CONVERT XID';
  const rows = (await unlessRefused(session.rows<Prepared>(`XA RECOVER ${how}`))) ?? [];
  if (rows.length === 0) return [];
  const ids = rows.slice(0, 3).map((row) => (flavor === 'mariadb' ? row.data : xid(row)));
  const many = rows.length > ids.length ? ' …' : '';
  return [
    {
      text: `a prepared XA transaction may hold it: ${ids.join('; ')}${many}`,
      next: `Ask its transaction manager whether it is to be committed, then: XA COMMIT ${ids[0]}, or XA ROLLBACK ${ids[0]}`,
    },
  ];
}

/** `0x617762` with the lengths of its two parts. */
function xid({ formatID, gtrid_length, bqual_length, data }: Prepared): string {
  const hex = data.slice(2);
  const end = 2 * gtrid_length;
  const parts = [hex.slice(0, end), hex.slice(end, end + 2 * bqual_length)];
  return [...parts.map((part) => `X${quoteString(part)}`), formatID].join(',');
}

/**
 * For a statement that did not get its lock, and no connection at the table is to blame.
 * @returns nothing if the account may not know
 */
export async function unseenHolders(connection: ConnectionSettings): Promise<readonly UnseenHolder[]> {
  try {
    return await withSession(connection, {}, async (session) => {
      const server = await inspectServer(session);
      const found = await readServerLocks(session, server);
      return found.length > 0 ? found : readPrepared(session, server);
    });
  } catch (error) {
    // It would hide what became of the statement.
    if (cannotAsk(error)) return [];
    throw error;
  }
}
