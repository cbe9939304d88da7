import type { Connection } from 'mysql2/promise';
import { columnNames } from './column-names.js';
import { readRows } from './read-rows.js';
import { same } from './same.js';
import type { Truth } from './truth.js';
import type { Change, Write } from './write.js';

export type Verdict = 'committed' | 'not-committed' | 'undecided';

/**
 * Finds out by reading whether a doubtful write was committed. Only its writer touches its rows, and its
 * connection is gone, so that what is read is final.
 */
export async function settle(connection: Connection, { table }: Truth, write: Write): Promise<Verdict> {
  const names = await columnNames(connection, table.columns, table);
  const verdicts = new Set<Verdict>();
  for (const change of write) {
    const { id, before, after } = change;
    const rows = await readRows(connection, table, names, id, id);
    const is = (state: Change['before']) =>
      state === undefined ? rows.length === 0 : rows.length === 1 && same(state, rows[0]?.values);
    if (same(before, after)) continue;
    verdicts.add(is(after) ? 'committed' : is(before) ? 'not-committed' : 'undecided');
  }
  const [verdict = 'committed', ...others] = verdicts;
  return others.length === 0 ? verdict : 'undecided';
}
