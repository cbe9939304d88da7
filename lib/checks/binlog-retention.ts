import { humanMs } from '../text/human.js';
import type { Hazard } from './shared/hazard.js';

/** RDS may purge at once, and looks every few minutes. */
const unknownBelowMs = 60_000;

/**
 * gh-ost reads the binlog for as long as it copies. The server does not purge a file that somebody reads (MySQL manual,
 * "PURGE BINARY LOGS Statement"), so this bites only if gh-ost has been throttled and then loses its connection: it asks for
 * a file that is gone until its limit of reconnects, and exits. The table is unchanged then: a warning, no danger.
 */
export const binlogRetention: Hazard = {
  id: 'binlog-retention',
  level: 'warning',
  inCosts({ choice, estimate: { durationMs }, retention }) {
    if (choice.strategy !== 'gh-ost' || durationMs === undefined || retention === 'never') return undefined;
    const needMs = 2 * durationMs.high;
    if (retention === undefined) {
      if (durationMs.high <= unknownBelowMs) return undefined;
      return {
        level: 'unknown',
        text: `It is unknown how long the server keeps its binlogs; gh-ost may need them for ${humanMs(needMs)}.`,
        fix: "On RDS: CALL mysql.rds_set_configuration('binlog retention hours', 24)",
      };
    }
    const keptMs = retention.seconds * 1_000;
    if (keptMs >= needMs) return undefined;
    return {
      text: `The server purges binlogs after ${humanMs(keptMs)}, less than twice the ${humanMs(durationMs.high)} that the row copy may take: if gh-ost is throttled and then loses its connection, what it has not read may be gone, and it fails.`,
      fix: `Keep them longer while gh-ost runs: SET GLOBAL binlog_expire_logs_seconds=${Math.ceil((2 * needMs) / 1_000)} (on MySQL 5.7: expire_logs_days).`,
    };
  },
};
