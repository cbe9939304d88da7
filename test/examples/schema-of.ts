import type { Schema } from '../servers.js';

/** All tables of a schema as SHOW CREATE TABLE has them, but for the counter of AUTO_INCREMENT. */
export async function tablesOf(schema: Schema): Promise<Record<string, string>> {
  const tables: Record<string, string> = {};
  for (const { name } of await schema.query<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
  )) {
    const [row = {}] = await schema.query<Record<string, string>>(`SHOW CREATE TABLE \`${name}\``);
    const text = row['Create Table'] ?? row['Create View'] ?? '';
    tables[name] = text.replace(/ AUTO_INCREMENT=\d+/, '').replaceAll(`\`${schema.name}\``, '`schema`');
  }
  return tables;
}

/** The rows of the tables, in the order of all their columns; columns that hold the moment of a run are left out. */
export async function rowsOf(
  schema: Schema,
  { without = [] }: { without?: readonly string[] } = {},
): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {};
  for (const name of Object.keys(await tablesOf(schema))) {
    const found = await schema.query<Record<string, unknown>>(`SELECT * FROM \`${name}\``);
    const kept = found.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !without.includes(column))),
    );
    rows[name] = kept.map((row) => JSON.stringify(row)).sort();
  }
  return rows;
}
