import { isServerError } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { quoteName, quoteTable } from '../sql/quote.js';

/**
 * Drops clones that a killed alterwise left behind. They are proved to be so by their name (prefix and twelve
 * hex digits) and by the named lock of their owner being free: a server frees it with the owner's connection.
 * What cannot be dropped is left to the next sweep.
 */
export async function sweepScratch(session: Session, schema: string): Promise<void> {
  const schemas = await session.rows<{ name: string }>(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_alterwise\\_%'",
  );
  const tables = await session.rows<{ name: string }>(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA=? AND (TABLE_NAME LIKE '\\_alterwise\\_%' OR TABLE_NAME LIKE '\\_\\_alterwise\\_%')`,
    [schema],
  );
  for (const { name } of schemas) {
    if (isRoom(name)) await dropIfDead(session, name, `DROP DATABASE IF EXISTS ${quoteName(name)}`);
  }
  for (const { name } of tables) {
    const id = ownerOfClone(name);
    const table = quoteTable({ schema, name });
    if (id !== undefined) await dropIfDead(session, id, `DROP TABLE IF EXISTS ${table}`);
  }
}

/** Of a schema: its owner holds the lock of its name. */
export function isRoom(name: string): boolean {
  return /^_alterwise_[0-9a-f]{12}$/.test(name);
}

/** The lock that the owner of a clone beside its original holds; undefined of any other table. */
export function ownerOfClone(name: string): string | undefined {
  return cloneOrItsShadow.exec(name)?.[1];
}

/** A rehearsal lets gh-ost make its tables beside the clone. */
const cloneOrItsShadow = /^_?(_alterwise_[0-9a-f]{12})_p(?:_gho|_ghc|_ghk|(?:_\d{14})?_del)?$/;

async function dropIfDead(session: Session, id: string, drop: string): Promise<void> {
  try {
    const [row] = await session.rows<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [id]);
    if (row?.free === 1) await session.execute(drop);
  } catch (error) {
    if (!isServerError(error)) throw error;
  }
}
