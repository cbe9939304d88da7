import type { Check } from '../documents/plan.js';
import type { FreeSpace } from '../inspect/disk.js';
import { humanBytes } from '../text/human.js';
import type { CostFacts } from './check-facts.js';

/**
 * A table that is written anew stands there twice until the end, and gh-ost writes every row into the binlog as well. A full disk
 * stops all writers of the server, not this change alone.
 * @param free absent: not known
 */
export function freeDisk({ choice, estimate }: CostFacts, free: FreeSpace | undefined): Check[] {
  if (choice.strategy === 'refuse' || choice.strategy === 'nothing') return [];
  const { diskBytes, binlogBytes = 0 } = estimate;
  if (diskBytes === undefined) return [];
  const needed = diskBytes + (free === undefined || free.holdsBinlog ? binlogBytes : 0);
  if (free === undefined) {
    if (needed < unknownBelowBytes) return [];
    const text = `It needs ${humanBytes(needed)} more on the disk of the server, and what is free there is not known.`;
    return [{ id, level: 'unknown', text, fix: `See to it that twice as much is free.` }];
  }
  if (free.bytes >= 2 * needed) return [];
  const there = `It needs ${humanBytes(needed)} more on the disk of the server, and ${humanBytes(free.bytes)} are free there`;
  if (free.bytes < needed) {
    const text = `${there}: all writers would come to a stop.`;
    return [
      { id, level: 'danger', text, fix: 'Make room first, or purge binlogs that nobody reads any more.' },
    ];
  }
  return [
    { id, level: 'warning', text: `${there}: that is less than twice as much.`, fix: 'Make room first.' },
  ];
}

const id = 'free-disk';
const unknownBelowBytes = 1_000_000_000;
