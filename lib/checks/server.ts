import { humanBytes, humanMs } from '../text/human.js';
import type { Hazards } from './shared/hazard.js';

export const serverHazards: Hazards = {
  /** A direct ALTER runs on every node of a Galera cluster at the same time, and all of them wait for it (TOI). */
  galera: {
    level: 'warning',
    inStatement({ server }) {
      if (!server.topology.galera) return undefined;
      return {
        text: 'This is a Galera cluster: a direct ALTER stalls every node while it runs.',
        fix: 'Run it at a quiet hour.',
      };
    },
  },
  /**
   * Until the end a rewritten table exists twice, and gh-ost writes every row into the binlog as well. A full disk stops all
   * writers of the server, not this change alone.
   */
  'free-disk': {
    level: 'warning',
    inCosts({ choice, estimate: { diskBytes, binlogBytes = 0 }, free }) {
      if (choice.strategy === 'refuse' || choice.strategy === 'nothing' || diskBytes === undefined)
        return undefined;
      const needed = diskBytes + (free === undefined || free.holdsBinlog ? binlogBytes : 0);
      const needs = `The change needs ${humanBytes(needed)} on the disk of the server`;
      if (free === undefined) {
        if (needed < 1_000_000_000) return undefined;
        return {
          level: 'unknown',
          text: `${needs}; how much is free there is unknown.`,
          fix: 'Make sure that twice as much is free.',
        };
      }
      if (free.bytes >= 2 * needed) return undefined;
      const has = `${needs}, which has ${humanBytes(free.bytes)} free`;
      if (free.bytes >= needed) return { text: `${has}: less than twice as much.`, fix: 'Make room first.' };
      return {
        level: 'danger',
        text: `${has}: all writers would stop.`,
        fix: 'Make room first, or purge binlogs that nobody reads any more.',
      };
    },
  },
  /**
   * gh-ost reads the binlog for as long as it copies. The server does not purge a file that somebody reads (MySQL manual,
   * "PURGE BINARY LOGS Statement"), so this bites only if gh-ost has been throttled and then loses its connection: it asks for
   * a file that is gone until its limit of reconnects, and exits. The table is unchanged then: a warning, no danger.
   */
  'binlog-retention': {
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
  },
};

/** RDS may purge at once, and looks every few minutes. */
const unknownBelowMs = 60_000;
