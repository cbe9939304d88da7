import type { Rename } from '../documents/plan.js';
import type { TableFacts } from '../inspect/table.js';
import { isLockWaitTimeout } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { quoteName, quoteTable, type TableName } from '../sql/names.js';
import { beyond, inPasses, integer, type KeyValue } from './spread.js';
import { keyAt, type SampleKey, type Window } from './windows.js';

/** So many chunks may be left out because somebody holds a row of them: each has cost a second. */
const heldLimit = 3;

/**
 * Copies a chunk from each window, as long as there is time: what was copied is spread over the table then as well.
 * @throws where too much of the table is held by others
 */
export async function copyWindows(
  route: CopyRoute,
  windows: readonly Window[],
  { budgetMs, signal }: { budgetMs: number; signal: AbortSignal },
): Promise<CopiedChunk[]> {
  const began = performance.now();
  const chunks: CopiedChunk[] = [];
  let held = 0;
  for (const window of inPasses(windows)) {
    if (performance.now() - began > budgetMs) break;
    signal.throwIfAborted();
    const chunk = await copyWindow(route, window);
    if (chunk !== undefined) chunks.push(chunk);
    else if (++held > heldLimit) throw new Error('rows of the table are held by other transactions');
  }
  return chunks;
}

/** From where to where a sample is copied. */
export interface CopyRoute {
  session: Session;
  from: Pick<TableFacts, 'name' | 'columns'>;
  to: TableName;
  columns: readonly Rename[];
  key: SampleKey;
  /** Rows of one chunk. */
  size: number;
  /** Rows are locked against writers while they are copied, as gh-ost does it. */
  locks: boolean;
}

export interface CopiedChunk extends Chunk {
  /** Rows that arrived. */
  copied: number;
  ms: number;
}

/**
 * Copies one chunk by the statements of gh-ost (go/logic/applier.go): where does the chunk end, and a transaction of one
 * INSERT IGNORE … SELECT.
 * @returns undefined where somebody else has locked a row of it for longer than a second
 */
export async function copyWindow(route: CopyRoute, window: Window): Promise<CopiedChunk | undefined> {
  const { session, from, to, columns, key, size, locks } = route;
  const began = performance.now();
  const start = beyond(key.columns, window.start, 'from');
  const end = await keyAt(session, from, key, start, size - 1);
  const upTo = end === undefined ? '' : ` AND ${beyond(key.columns, end, 'upTo')}`;
  const list = (names: readonly string[]) => names.map(quoteName).join(', ');
  try {
    await session.execute('START TRANSACTION');
    const { affectedRows } = await session.execute(
      `INSERT IGNORE INTO ${quoteTable(to)} (${list(columns.map((column) => column.to))})
       SELECT ${list(columns.map((column) => column.from))} FROM ${quoteTable(from.name)} FORCE INDEX (${quoteName(key.name)})
        WHERE ${start}${upTo}${locks ? ' LOCK IN SHARE MODE' : ''}`,
    );
    await session.execute('COMMIT');
    const ms = performance.now() - began;
    return {
      window,
      rows: end === undefined ? affectedRows : size,
      copied: affectedRows,
      ms,
      ...(end && { end }),
    };
  } catch (error) {
    if (!isLockWaitTimeout(error)) throw error;
    await session.execute('ROLLBACK');
    return undefined;
  }
}

/** The columns that have a place in the copy, as gh-ost finds them; those that are generated come by themselves. */
export function sharedColumns(
  before: TableFacts['columns'],
  after: TableFacts['columns'],
  renames: readonly Rename[],
): Rename[] {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return before.flatMap(({ name, generated }) => {
    const renamed = renames.find(({ from }) => same(from, name))?.to ?? name;
    const target = after.find((column) => same(column.name, renamed));
    return generated || target === undefined || target.generated ? [] : [{ from: name, to: target.name }];
  });
}

/** A window that was read. */
export interface Chunk {
  window: Window;
  rows: number;
  /** The key of its last row; absent where it reached the end of the table. */
  end?: readonly KeyValue[];
}

/**
 * How many rows a table has, by how many keys a chunk of rows takes at places all over the range of the key. The server's own
 * estimate of a table with rows of growing width can be twice as much (measured on MariaDB 10.11).
 * @param ends the least and the greatest key
 * @returns undefined where the key is no number
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
