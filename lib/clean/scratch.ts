import { locksHoldEverywhere, type Topology } from '../inspect/topology.js';
import type { Session } from '../mysql/session.js';
import { tableLabel } from '../plan/table-label.js';
import { isRoom, ownerOfClone } from '../probe/sweep.js';
import { quoteName, quoteTable } from '../sql/quote.js';
import type { Found, Leftover } from './leftover.js';

/**
 * What dead owners have left of tries on empty clones: rooms, and clones beside the original. By their name, and by the
 * named lock of the owner being free.
 */
export async function foundScratch(session: Session, topology: Topology): Promise<Found[]> {
  const schemas = await session.rows<{ name: string }>(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_alterwise\\_%'",
  );
  const tables = await session.rows<{ schema: string; name: string }>(
    `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA NOT LIKE '\\_alterwise\\_%'
        AND (TABLE_NAME LIKE '\\_alterwise\\_%' OR TABLE_NAME LIKE '\\_\\_alterwise\\_%')`,
  );
  const found: Found[] = [];
  for (const { name } of schemas) {
    if (!isRoom(name)) continue;
    const drop = `DROP DATABASE IF EXISTS ${quoteName(name)}`;
    const thing = { kind: 'schema', name, what: 'a room for empty clones' } as const;
    found.push(await judged(session, topology, thing, name, drop));
  }
  for (const table of tables) {
    const owner = ownerOfClone(table.name);
    if (owner === undefined) continue;
    const drop = `DROP TABLE IF EXISTS ${quoteTable(table)}`;
    const thing = {
      kind: 'table',
      name: tableLabel(table),
      what: 'an empty clone, or of its rehearsal',
    } as const;
    found.push(await judged(session, topology, thing, owner, drop));
  }
  return found;
}

/** @param owner the name of the lock that its owner holds */
async function judged(
  session: Session,
  topology: Topology,
  { what, ...thing }: Pick<Leftover, 'kind' | 'name' | 'what'>,
  owner: string,
  drop: string,
): Promise<Found> {
  const isHeld = await isUsed(session, owner);
  if (isHeld) return { leftover: { ...thing, what, verdict: 'in-use' } };
  if (!locksHoldEverywhere(topology)) {
    const unseen = `${what}; whether another server of the group uses it cannot be seen`;
    return { leftover: { ...thing, what: unseen, verdict: 'not-ours' } };
  }
  return {
    leftover: { ...thing, what, verdict: 'removable' },
    remove: async () => void (await session.execute(drop)),
  };
}

async function isUsed(session: Session, owner: string): Promise<boolean> {
  const [row] = await session.rows<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [owner]);
  return row?.free !== 1;
}
