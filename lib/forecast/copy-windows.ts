import type { Rename } from '../documents/plan.js';
import type { TableFacts } from '../inspect/table.js';
import { isLockWaitTimeout } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { fromTable } from '../rows/question.js';
import { after, type Position, upTo, type Walk } from '../rows/walk.js';
import { quoteName, quoteTable, type TableName } from '../sql/names.js';
import { integer, keyAt, type Window } from './windows.js';

/** From where to where a sample is copied. */
export interface CopyRoute {
  session: Session;
  table: Pick<TableFacts, 'name'>;
  to: TableName;
  columns: readonly Rename[];
  walk: Walk;
  /** Rows of one chunk. */
  size: number;
  /** Rows are locked against writers while they are copied, as gh-ost does it. */
  locks: boolean;
}

/** A window that was read. */
export interface Chunk {
  window: Window;
  rows: number;
  /** The key of its last row; absent if it reached the end of the table. */
  end?: Position;
}

export interface CopiedChunk extends Chunk {
  /** Rows that arrived. */
  copied: number;
  ms: number;
}

/** So many chunks may be left out because somebody has locked a row of them: each has cost a second. */
const lockedLimit = 3;

/**
 * Copies a chunk from each window while there is time: what was copied by then is spread over the table as well.
 * @throws if others have locked too much of the table
 */
export async function copyWindows(
  route: CopyRoute,
  windows: readonly Window[],
  { budgetMs, signal }: { budgetMs: number; signal: AbortSignal },
): Promise<CopiedChunk[]> {
  const began = performance.now();
  const chunks: CopiedChunk[] = [];
  let locked = 0;
  for (const window of inPasses(windows)) {
    if (performance.now() - began > budgetMs) break;
    signal.throwIfAborted();
    const chunk = await copyWindow(route, window);
    if (chunk !== undefined) chunks.push(chunk);
    else if (++locked > lockedLimit) throw new Error('other transactions have locked rows of the table');
  }
  return chunks;
}

/** Every fourth first, then those between: if the time is up early, what was visited is spread all the same. */
export function inPasses<T>(all: readonly T[]): T[] {
  const pass = (first: number, step: number) =>
    all.filter((_, index) => index >= first && (index - first) % step === 0);
  return [...pass(0, 4), ...pass(2, 4), ...pass(1, 2)];
}

/**
 * Copies one chunk by the statements of gh-ost (go/logic/applier.go): where does the chunk end, and a transaction of one
 * INSERT IGNORE … SELECT.
 * @returns undefined if somebody else has locked a row of it for longer than a second
 */
export async function copyWindow(route: CopyRoute, window: Window): Promise<CopiedChunk | undefined> {
  const { session, table, to, columns, walk, size, locks } = route;
  const began = performance.now();
  const behind = after(walk, window.start);
  const end = await keyAt(route, behind, size - 1);
  const where = end === undefined ? behind : `${behind} AND ${upTo(walk, end)}`;
  const list = (names: readonly string[]) => names.map(quoteName).join(', ');
  try {
    await session.execute('START TRANSACTION');
    const { affectedRows } = await session.execute(
      `INSERT IGNORE INTO ${quoteTable(to)} (${list(columns.map((column) => column.to))})
       SELECT ${list(columns.map((column) => column.from))} FROM ${fromTable(table.name, walk.index)}
        WHERE ${where}${locks ? ' LOCK IN SHARE MODE' : ''}`,
    );
    await session.execute('COMMIT');
    const ms = performance.now() - began;
    const rows = end === undefined ? affectedRows : size;
    return { window, rows, copied: affectedRows, ms, ...(end && { end }) };
  } catch (error) {
    if (!isLockWaitTimeout(error)) throw error;
    await session.execute('ROLLBACK');
    return undefined;
  }
}

/**
 * How many rows a table has, by the range of keys that a chunk of rows covers at places all over the table. The server's own
 * estimate of a table with rows of growing width can be twice as much (measured on MariaDB 10.11).
 * @param ends the least and the greatest key
 * @returns undefined if the key is no number
 */
export function rowsByDensity(
  chunks: readonly Chunk[],
  ends: readonly [bigint, bigint] | undefined,
): number | undefined {
  if (ends === undefined) return undefined;
  const [least, greatest] = ends;
  // The gap before a row counts as well: a place in it is as likely as any other.
  const densities = chunks.flatMap(({ window, rows, end }) => {
    const last = end?.[0] === undefined ? greatest : integer(end[0]);
    return last === undefined ? [] : window.places.map((place) => rows / Number(last - place + 1n));
  });
  if (densities.length === 0) return undefined;
  const mean = densities.reduce((sum, each) => sum + each, 0) / densities.length;
  return Math.round(mean * Number(greatest - least + 1n));
}
