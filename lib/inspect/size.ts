import type { Session } from '../mysql/session.js';
import { quoteTable, type TableName } from '../sql/names.js';
import { limitedSelect } from './capabilities.js';
import type { ServerFacts } from './server.js';

export interface RowCount {
  count: number;
  /** False: the server's estimate, which can be off by a factor of two. */
  exact: boolean;
}

export interface TableSize {
  dataBytes?: number;
  indexBytes?: number;
  /** Data, indexes and what is free between them: about the size of the file. */
  fileBytes?: number;
}

/** What information_schema.TABLES says, in bytes. */
interface Lengths {
  dataLength: number | null;
  indexLength: number | null;
  dataFree: number | null;
}

export function readSize(row: Lengths): TableSize {
  const { dataLength, indexLength, dataFree } = row;
  return {
    ...(dataLength !== null && { dataBytes: dataLength }),
    ...(indexLength !== null && { indexBytes: indexLength }),
    ...(dataLength !== null && { fileBytes: dataLength + (indexLength ?? 0) + (dataFree ?? 0) }),
  };
}

/** Up to here a count takes well under a second (100 to 250 ms a million rows, warm). */
const countBelowBytes = 200 * 1024 * 1024;
const countLimitMs = 2_000;

/**
 * Counts a small table within a time limit; of a large one gives the estimate.
 * @param estimate TABLE_ROWS; absent where the engine keeps none
 */
export async function readRowCount(
  session: Session,
  server: ServerFacts,
  table: TableName,
  size: TableSize,
  estimate: number | undefined,
): Promise<RowCount | undefined> {
  const estimated = estimate === undefined ? undefined : { count: estimate, exact: false };
  if ((size.fileBytes ?? 0) > countBelowBytes) return estimated;
  const count = `COUNT(*) AS count FROM ${quoteTable(table)}`;
  try {
    const [row] = await session.rows<{ count: number }>(limitedSelect(server, countLimitMs, count));
    return row === undefined ? estimated : { count: Number(row.count), exact: true };
  } catch {
    return estimated; // cut off, or queued behind a lock: the estimate is what there is
  }
}
