import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { quoteName, quoteTable } from '../../lib/sql/names.js';
import { ask } from './ask.js';
import type { LoadTable, Values } from './table.js';
import type { RowState } from './truth.js';

/** What becomes of one row: it appears, changes, or goes. */
export interface Change {
  id: number;
  before: RowState;
  after: RowState;
}

/** Changes of different rows that are committed together. */
export type Write = readonly Change[];

/** An error in which it is not known whether the write was committed. */
export class CommitDoubt extends Error {
  override readonly name = 'CommitDoubt';
}

/**
 * Makes one write: by autocommit, or as a transaction where it has several changes.
 * @param names what the columns are called now
 * @returns the changes that found no row to change, though there must be one
 * @throws {CommitDoubt} where COMMIT failed
 */
export async function perform(
  connection: Connection,
  table: LoadTable,
  names: readonly string[],
  write: Write,
): Promise<Change[]> {
  const isTransaction = write.length > 1;
  const missed: Change[] = [];
  if (isTransaction) await ask(connection, { sql: 'START TRANSACTION' });
  for (const change of write) {
    // mysql2 has the server count the rows that were found, not those that were really changed.
    const { affectedRows } = await ask<ResultSetHeader>(connection, statement(table, names, change));
    if (affectedRows === 0) missed.push(change);
  }
  if (isTransaction) await commit(connection);
  return missed;
}

async function commit(connection: Connection): Promise<void> {
  try {
    await ask(connection, { sql: 'COMMIT' });
  } catch (cause) {
    throw new CommitDoubt('COMMIT failed', { cause });
  }
}

function statement(table: LoadTable, names: readonly string[], { id, before, after }: Change) {
  const name = quoteTable(table);
  if (after === undefined) return { sql: `DELETE FROM ${name} WHERE id=?`, values: [id] };
  if (before === undefined) {
    const columns = ['id', ...names].map(quoteName);
    const places = columns.map(() => '?');
    return {
      sql: `INSERT INTO ${name} (${columns.join()}) VALUES (${places.join()})`,
      values: [id, ...after],
    };
  }
  const changing = names.flatMap((column, i) => (table.columns[i]?.constant ? [] : [{ column, i }]));
  const sets = changing.map(({ column }) => `${quoteName(column)}=?`);
  return {
    sql: `UPDATE ${name} SET ${sets.join()} WHERE id=?`,
    values: [...changing.map(({ i }) => after[i]), id],
  };
}

/** The values that an UPDATE leaves: new ones, but for what is constant. */
export function updated(table: LoadTable, before: Values, fresh: Values): Values {
  return table.columns.map(({ constant }, i) => (constant ? before[i] : fresh[i]) ?? null);
}
