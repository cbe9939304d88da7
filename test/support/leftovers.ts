import type { Schema } from '../servers.js';

/**
 * Scratch schemas and clones whose owner is gone. Others may be at work on the same server: theirs are locked.
 * What another test has left on purpose is told from ours by what it holds.
 */
export async function deadScratch(schema: Schema): Promise<string[]> {
  const schemas = await schema.query<{ name: string }>(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_alterwise\\_%'",
  );
  const clones = await schema.query<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=? AND TABLE_NAME LIKE '\\_alterwise\\_%'",
    [schema.name],
  );
  const dead: string[] = [];
  for (const { name } of [...schemas, ...clones]) {
    const lock = name.slice(0, '_alterwise_'.length + 12);
    const [row] = await schema.query<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [lock]);
    if (row?.free === 1) dead.push(name);
  }
  return dead;
}
