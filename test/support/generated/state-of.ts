import { createHash } from 'node:crypto';
import { quoteName } from '../../../lib/sql/names.js';
import type { Schema } from '../../servers.js';

/**
 * All that a schema holds: each table with its definition, its number of rows and their checksum. Not by CHECKSUM
 * TABLE: on MariaDB 10.11 it says another number for the same rows of a table with a virtual column, now and then.
 */
export async function stateOf({ name, query }: Pick<Schema, 'name' | 'query'>): Promise<string> {
  const tables = await query<{ name: string; type: string }>(
    'SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA=? ORDER BY 1',
    [name],
  );
  const states: unknown[] = [];
  for (const table of tables) {
    const quoted = `${quoteName(name)}.${quoteName(table.name)}`;
    const definition = (await query<Record<string, unknown>>(`SHOW CREATE TABLE ${quoted}`)).map(
      (row) => row['Create Table'] ?? row['Create View'],
    );
    const rows = await query(`SELECT * FROM ${quoted}`);
    states.push([table.name, table.type, definition, rows.length, checksum(rows)]);
  }
  return JSON.stringify(states, null, 1);
}

function checksum(rows: readonly object[]): string {
  const texts = rows.map((row) => JSON.stringify(row)).sort();
  return createHash('sha256').update(texts.join()).digest('hex').slice(0, 16);
}

/** Rooms for clones of these tables that nobody uses any more; another test's may hold other tables. */
export async function roomsLeft(
  { query }: Pick<Schema, 'query'>,
  tables: readonly string[],
): Promise<string[]> {
  const rooms = await query<{ name: string; held: string | null }>(
    `SELECT s.SCHEMA_NAME AS name, t.TABLE_NAME AS held FROM information_schema.SCHEMATA s
       LEFT JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = s.SCHEMA_NAME
      WHERE s.SCHEMA_NAME LIKE '\\_alterwise\\_%'`,
  );
  const left: string[] = [];
  for (const { name, held } of rooms) {
    if (held !== null && !tables.includes(held)) continue;
    const [lock] = await query<{ free: number | null }>('SELECT IS_FREE_LOCK(?) AS free', [
      name.slice(0, 23),
    ]);
    if (lock?.free === 1) left.push(`${name}.${held ?? ''}`);
  }
  return left;
}
