import type { Connection } from 'mysql2/promise';
import { quoteTable } from '../../lib/sql/names.js';
import { ask } from './ask.js';
import type { LoadColumn, LoadTable } from './table.js';

/** What the load's columns are called in this table now, in their order. */
export async function columnNames(
  connection: Connection,
  columns: readonly LoadColumn[],
  table: Pick<LoadTable, 'schema' | 'name'>,
): Promise<string[]> {
  const rows = await ask(connection, { sql: `SHOW COLUMNS FROM ${quoteTable(table)}` });
  const there = new Set(rows.map(({ Field }) => String(Field)));
  return columns.map(({ name, renamedTo }) => {
    if (there.has(name)) return name;
    if (renamedTo !== undefined && there.has(renamedTo)) return renamedTo;
    throw new Error(
      `${table.schema}.${table.name} has no column ${renamedTo ? `${name} or ${renamedTo}` : name}`,
    );
  });
}
