import { access, constants, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Session } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import type { ServerFacts } from './server.js';
import { readVariables } from './variables.js';

export interface FreeSpace {
  /** On the file system of the data folder, for whoever is not root. */
  bytes: number;
  /** Binlogs are written beside the data. */
  holdsBinlog: boolean;
}

/**
 * What is free where the server keeps its data. No server tells; it can be seen only if it runs on this very machine
 * and its data folder can be reached.
 * @returns undefined if it cannot be known
 */
export async function readFreeSpace(
  session: Session,
  { socketPath, host }: ConnectionSettings,
): Promise<FreeSpace | undefined> {
  if (socketPath === undefined && !['127.0.0.1', 'localhost', '::1'].includes(host)) return undefined;
  const variables = await readVariables(session);
  const folder = variables.text('datadir');
  // A forwarded port, or a container, is on this machine by its address only.
  if (folder === undefined || variables.text('hostname') !== hostname()) return undefined;
  try {
    await access(folder, constants.R_OK);
    const { bavail, bsize } = await statfs(folder);
    const binlog = variables.text('log_bin_basename');
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
 * MySQL 8 counts in seconds (binlog_expire_logs_seconds), 5.7 in days (expire_logs_days), MariaDB 10.6 and later knows
 * both as one. 0 is for ever, and so is binlog_expire_logs_auto_purge=OFF (MySQL 8.0.29 and later).
 * @returns undefined if it cannot be known: RDS purges by a rule of its own, whatever the variables say
 */
export async function readBinlogRetention(
  session: Session,
  { hosting }: Pick<ServerFacts, 'hosting'>,
): Promise<BinlogRetention | undefined> {
  if (hosting !== undefined) return undefined;
  const variables = await readVariables(session);
  const seconds = variables.number('binlog_expire_logs_seconds');
  const days = variables.number('expire_logs_days');
  if (seconds === undefined && days === undefined) return undefined;
  const kept = (seconds ?? 0) || (days ?? 0) * 86_400;
  const isPurged = variables.text('binlog_expire_logs_auto_purge') !== 'OFF' && kept > 0;
  return isPurged ? { seconds: kept } : 'never';
}
