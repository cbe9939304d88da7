import { setTimeout as sleep } from 'node:timers/promises';
import type { Schema } from '../servers.js';

/** When gh-ost has made all its tables for a copy, and they are marked as the run's. */
export async function marked(schema: Schema, table: string): Promise<void> {
  const limitMs = 30_000;
  for (const start = performance.now(); performance.now() - start < limitMs; await sleep(50)) {
    const tables = await schema.query(`SHOW TABLES LIKE '\\_${table}\\_gh_'`);
    if (tables.length < 3) continue;
    const rows = await schema.query(`SELECT value FROM \`_${table}_ghc\` WHERE hint='alterwise'`);
    if (rows.length > 0) return;
  }
  throw new Error('the copy was never marked');
}
