import type { TableFacts } from '../../inspect/table.js';
import { isLockWaitTimeout } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import { quoteName, quoteTable } from '../../sql/quote.js';
import type { Rename, TableName } from '../plan.js';
import { beyond } from './beyond.js';
import type { Chunk } from './density.js';
import { keyAt, type SampleKey, type Window } from './windows.js';

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
