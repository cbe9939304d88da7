import { quoteName } from '../sql/names.js';
import type { Partition, Partitioning } from '../table/partitions.js';
import type { Loss } from './loss.js';

/**
 * What brings partitions back, as it follows ALTER TABLE.
 * @param alone nothing else is changed: only then may partitions be managed one by one (MySQL manual, "ALTER TABLE
 * Partition Operations")
 * @returns undefined where they are as they were
 */
export function repartition(
  before: Partitioning | undefined,
  after: Partitioning | undefined,
  alone: boolean,
): string | undefined {
  if (before === undefined) return after === undefined ? undefined : 'REMOVE PARTITIONING';
  if (after === undefined) return before.sql;
  if (isSame(before, after)) return undefined;
  const piecemeal = alone && before.head === after.head ? pieces(before, after) : undefined;
  return piecemeal ?? before.sql;
}

function isSame(before: Partitioning, after: Partitioning): boolean {
  const [was, is] = [before, after].map(({ head, partitions }) =>
    JSON.stringify([head, partitions.map(({ sql }) => sql)]),
  );
  return was === is;
}

/** Where partitions are missing at the end, or some have become others that hold the same range. */
function pieces({ method, partitions: was }: Partitioning, { partitions: is }: Partitioning) {
  const isTwin = (a: Partition | undefined, b: Partition | undefined) => a?.sql === b?.sql;
  let front = 0;
  while (front < Math.min(was.length, is.length) && isTwin(was[front], is[front])) front += 1;
  if (['RANGE', 'LIST'].includes(method) && front === is.length) {
    return `ADD PARTITION (${list(was.slice(front))})`;
  }
  if (method !== 'RANGE') return undefined;
  let back = 0;
  while (
    back < Math.min(was.length, is.length) - front &&
    isTwin(was[was.length - 1 - back], is[is.length - 1 - back])
  ) {
    back += 1;
  }
  // What was dropped in front of a partition is in its range now.
  if (front + back === is.length) back -= 1;
  const [old, now] = [was.slice(front, was.length - back), is.slice(front, is.length - back)];
  if (old.length === 0 || old.at(-1)?.values !== now.at(-1)?.values) return undefined;
  return `REORGANIZE PARTITION ${now.map(({ name }) => quoteName(name)).join(', ')} INTO (${list(old)})`;
}

function list(partitions: readonly Partition[]): string {
  return partitions.map(({ sql }) => sql).join(', ');
}

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
