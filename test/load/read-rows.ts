import type { Connection } from 'mysql2/promise';
import { quoteName, quoteTable } from '../../lib/sql/names.js';
import { ask } from './ask.js';
import type { ReadValues } from './same.js';
import type { LoadTable } from './table.js';

export interface ReadRow {
  id: number;
  values: ReadValues;
}

/** Reads the rows with ids from `from` to `to`, in their order. */
export async function readRows(
  connection: Connection,
  table: Pick<LoadTable, 'schema' | 'name'>,
  names: readonly string[],
  from: number,
  to: number,
): Promise<ReadRow[]> {
  const columns = ['id', ...names].map(quoteName).join();
  const rows = await ask(connection, {
    sql: `SELECT ${columns} FROM ${quoteTable(table)} WHERE id BETWEEN ? AND ? ORDER BY id`,
    values: [from, to],
    rowsAsArray: true,
    // A text is what the server wrote; a number or a date of JavaScript may be less.
    typeCast: (field) => field.string(),
  });
  return (rows as unknown as (string | null)[][]).map(([id = null, ...values]) => ({
    id: Number(id),
    values,
  }));
}
