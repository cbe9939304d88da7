import { humanBytes } from '../text/human.js';
import type { Hazard } from './shared/hazard.js';

const unknownBelowBytes = 1_000_000_000;

/**
 * Until the end a rewritten table exists twice, and gh-ost writes every row into the binlog as well. A full disk stops all
 * writers of the server, not this change alone.
 */
export const freeDisk: Hazard = {
  id: 'free-disk',
  level: 'warning',
  inCosts({ choice, estimate: { diskBytes, binlogBytes = 0 }, free }) {
    if (choice.strategy === 'refuse' || choice.strategy === 'nothing' || diskBytes === undefined)
      return undefined;
    const needed = diskBytes + (free === undefined || free.holdsBinlog ? binlogBytes : 0);
    const needs = `The change needs ${humanBytes(needed)} on the disk of the server`;
    if (free === undefined) {
      if (needed < unknownBelowBytes) return undefined;
      return {
        level: 'unknown',
        text: `${needs}; how much is free there is unknown.`,
        fix: 'Make sure that twice as much is free.',
      };
    }
    if (free.bytes >= 2 * needed) return undefined;
    const has = `${needs}, which has ${humanBytes(free.bytes)} free`;
    return free.bytes < needed
      ? {
          level: 'danger',
          text: `${has}: all writers would stop.`,
          fix: 'Make room first, or purge binlogs that nobody reads any more.',
        }
      : { text: `${has}: less than twice as much.`, fix: 'Make room first.' };
  },
};
