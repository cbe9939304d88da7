import type { Schema } from '../servers.js';
import { until } from './until.js';

/** When gh-ost has made all its tables for a copy, and they are marked as the run's. */
export async function marked(schema: Schema, table: string): Promise<void> {
  await until('the tables of gh-ost are marked', async () => {
    const tables = await schema.query(`SHOW TABLES LIKE '\\_${table}\\_gh_'`);
    if (tables.length < 3) return false;
    const rows = await schema.query(`SELECT value FROM \`_${table}_ghc\` WHERE hint='alterwise'`);
    return rows.length > 0;
  });
}
