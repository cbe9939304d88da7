import { setTimeout as sleep } from 'node:timers/promises';
import { isRoom, ownerOfClone } from '../../lib/probe/scratch.js';
import type { Schema } from '../servers.js';

/**
 * Scratch schemas and clones whose owner is gone. Others may be at work on the same server: theirs are locked.
 */
export async function deadScratch(schema: Schema): Promise<string[]> {
  let dead = await unlocked(schema);
  // What a test beside this one has just made or is about to drop, or what a killed run left, does not stay.
  for (let looks = 0; dead.length > 0 && looks < 80; looks++) {
    await sleep(500);
    const still = await unlocked(schema);
    dead = dead.filter((name) => still.includes(name));
  }
  return dead;
}

async function unlocked(schema: Schema): Promise<string[]> {
  const names: string[] = [];
  for (const name of await scratchNames(schema)) {
    const lock = name.slice(0, '_alterwise_'.length + 12);
    const [row] = await schema.query<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [lock]);
    if (row?.free === 1) names.push(name);
  }
  return names;
}

async function scratchNames(schema: Schema): Promise<string[]> {
  const schemas = await schema.query<{ name: string }>(
    `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA
      WHERE SCHEMA_NAME LIKE '\\_alterwise\\_%' AND NOT EXISTS
        (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA=SCHEMA_NAME AND TABLE_NAME='kept')`,
  );
  const clones = await schema.query<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=? AND TABLE_NAME LIKE '\\_alterwise\\_%'",
    [schema.name],
  );
  // What a test of the clean-up makes by similar names is nobody's scratch, nor is a schema that holds its table `kept`.
  return [...schemas, ...clones]
    .map(({ name }) => name)
    .filter((name) => isRoom(name) || ownerOfClone(name) !== undefined);
}
