import { access, constants, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Session } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import type { ServerFacts } from './server.js';

export interface FreeSpace {
  /** On the file system of the data folder, for whoever is not root. */
  bytes: number;
  /** Binlogs are written beside the data. */
  holdsBinlog: boolean;
}

/**
 * What is free where the server keeps its data. No server tells; it can be seen only where it runs on this very machine and its
 * data folder can be reached.
 * @returns undefined where it cannot be known
 */
export async function readFreeSpace(
  session: Session,
  connection: ConnectionSettings,
): Promise<FreeSpace | undefined> {
  const local =
    connection.socketPath !== undefined || ['127.0.0.1', 'localhost', '::1'].includes(connection.host);
  if (!local) return undefined;
  const rows = await session.rows<{ Variable_name: string; Value: string }>(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('hostname', 'datadir', 'log_bin_basename')",
  );
  const values = new Map(rows.map((row) => [row.Variable_name, row.Value]));
  const folder = values.get('datadir');
  // A forwarded port, or a container, is on this machine by its address only.
  if (folder === undefined || values.get('hostname') !== hostname()) return undefined;
  try {
    await access(folder, constants.R_OK);
    const { bavail, bsize } = await statfs(folder);
    const binlog = values.get('log_bin_basename');
    return {
      bytes: bavail * bsize,
      holdsBinlog: binlog !== undefined && resolve(dirname(binlog)) === resolve(folder),
    };
  } catch {
    return undefined; // another user's folder, or a path inside a container
  }
}

/** How long binlogs are kept, in seconds; `never` purged by time. */
export type BinlogRetention = { seconds: number } | 'never';

/**
 * MySQL 8 counts in seconds (binlog_expire_logs_seconds), 5.7 in days (expire_logs_days), MariaDB 10.6 and up knows both as
 * one. 0 is for ever, and so is binlog_expire_logs_auto_purge=OFF (MySQL 8.0.29 and up).
 * @returns undefined where it cannot be known: RDS purges by a rule of its own, whatever the variables say
 */
export async function readBinlogRetention(
  session: Session,
  { hosting }: Pick<ServerFacts, 'hosting'>,
): Promise<BinlogRetention | undefined> {
  if (hosting !== undefined) return undefined;
  const rows = await session.rows<{ Variable_name: string; Value: string }>(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('binlog_expire_logs_seconds', 'expire_logs_days', 'binlog_expire_logs_auto_purge')",
  );
  const values = new Map(rows.map((row) => [row.Variable_name, row.Value]));
  const [seconds, days] = ['binlog_expire_logs_seconds', 'expire_logs_days'].map((name) => values.get(name));
  if (seconds === undefined && days === undefined) return undefined;
  if (values.get('binlog_expire_logs_auto_purge') === 'OFF') return 'never';
  const kept = Number(seconds ?? 0) || Number(days ?? 0) * 86_400;
  return kept === 0 ? 'never' : { seconds: kept };
}
