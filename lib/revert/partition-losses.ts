import type { Loss } from './loss.js';
import type { Partitioning } from './partitions.js';

/** Rows that went with a partition, and rows that have no place in the partitions that come back. */
export function partitionLosses(before: Partitioning | undefined, after: Partitioning | undefined): Loss[] {
  if (before === undefined) return [];
  const losses: Loss[] = [];
  const isThere = (name: string) => after?.partitions.some((each) => each.name === name) ?? true;
  const gone = before.partitions.filter(({ name }) => !isThere(name)).map(({ name }) => name);
  if (gone.length > 0) {
    const text = `Rows that were dropped with partition ${gone.join(', ')} do not come back.`;
    losses.push({ id: 'rows-gone', text });
  }
  const isWider = after === undefined || after.partitions.at(-1)?.values !== before.partitions.at(-1)?.values;
  if (['RANGE', 'LIST'].includes(before.method) && isWider && !before.sql.includes('MAXVALUE')) {
    const text = 'Rows written since that are in none of the partitions that were make the statement fail.';
    losses.push({ id: 'may-not-fit', text });
  }
  return losses;
}
