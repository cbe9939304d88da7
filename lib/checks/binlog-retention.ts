import type { Check } from '../documents/plan.js';
import type { BinlogRetention } from '../inspect/disk.js';
import { humanMs } from '../text/human.js';
import type { CostFacts } from './check-facts.js';

/**
 * gh-ost reads the binlog for as long as it copies. A file that somebody reads is not purged (MySQL manual, "PURGE BINARY LOGS
 * Statement"), so this bites only when gh-ost has been throttled and then loses its connection: it asks for a file that is gone,
 * again and again until its limit of reconnects, and exits. The table is as it was then: a warning, and no danger.
 * @param retention absent: not known
 */
export function binlogRetention(
  { choice, estimate }: CostFacts,
  retention: BinlogRetention | undefined,
): Check[] {
  const { durationMs } = estimate;
  if (choice.strategy !== 'gh-ost' || durationMs === undefined || retention === 'never') return [];
  if (retention === undefined) {
    const text = `How long the server keeps its binlogs is not known; gh-ost may need them for ${humanMs(2 * durationMs.high)}.`;
    const fix = "On RDS: CALL mysql.rds_set_configuration('binlog retention hours', 24)";
    return durationMs.high > knownLimitMs ? [{ id, level: 'unknown', text, fix }] : [];
  }
  const keptMs = retention.seconds * 1_000;
  if (keptMs >= 2 * durationMs.high) return [];
  return [
    {
      id,
      level: 'warning',
      text: `Binlogs are purged after ${humanMs(keptMs)}, less than twice the ${humanMs(durationMs.high)} that the copy may take: if gh-ost is held up and then loses its connection, what it has not read is gone, and it fails.`,
      fix: `Keep them longer for as long as it runs: SET GLOBAL binlog_expire_logs_seconds=${Math.ceil((4 * durationMs.high) / 1_000)} (on MySQL 5.7: expire_logs_days).`,
    },
  ];
}

const id = 'binlog-retention';
/** RDS may purge at once, and looks every few minutes. */
const knownLimitMs = 60_000;
