import type { Session } from '../mysql/session.js';
import type { ServerFacts } from './server.js';

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
