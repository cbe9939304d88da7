import { locksHoldEverywhere, type Topology } from '../inspect/topology.js';
import type { Session } from '../mysql/session.js';
import { quoteName } from '../sql/quote.js';
import type { Found } from './leftover.js';

/** Rooms for clones whose owner is dead: by their name, and by the named lock of the owner being free. */
export async function foundSchemas(session: Session, topology: Topology): Promise<Found[]> {
  const rows = await session.rows<{ name: string }>(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_alterwise\\_%'",
  );
  const found: Found[] = [];
  for (const { name } of rows) {
    if (!/^_alterwise_[0-9a-f]{12}$/.test(name)) continue;
    const [row] = await session.rows<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [name]);
    const isHeld = row?.free !== 1;
    const isDead = !isHeld && locksHoldEverywhere(topology);
    found.push({
      leftover: {
        kind: 'schema',
        name,
        what: isHeld || isDead ? room : `${room}; whether another server of the group uses it cannot be seen`,
        verdict: isHeld ? 'in-use' : isDead ? 'removable' : 'not-ours',
      },
      ...(isDead && {
        remove: async () => void (await session.execute(`DROP DATABASE IF EXISTS ${quoteName(name)}`)),
      }),
    });
  }
  return found;
}

const room = 'a room for empty clones';
