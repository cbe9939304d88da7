import type { Before, Switch } from '../documents/record.js';
import { locksHoldEverywhere, type Topology } from '../inspect/topology.js';
import { isAsBefore, switchBack } from '../mysql/instruments.js';
import { hasRestartedSince } from '../mysql/processlist.js';
import type { Session } from '../mysql/session.js';
import { isRoom, ownerOfClone } from '../probe/scratch.js';
import type { KnownRun } from '../runs/list.js';
import { quoteName, quoteTable, tableLabel } from '../sql/names.js';
import type { Found } from './found.js';

interface Scratch extends Pick<Found, 'kind' | 'name' | 'what'> {
  /** The named lock that a living owner holds. */
  owner: string;
  drop: string;
}

/** Scratch schemas and empty clones of dead owners: known by their names, and by the owner's named lock being free. */
export async function foundScratch(session: Session, topology: Topology): Promise<Found[]> {
  const schemas = await session.rows<{ name: string }>(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_alterwise\\_%'",
  );
  const tables = await session.rows<{ schema: string; name: string }>(
    `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA NOT LIKE '\\_alterwise\\_%'
        AND (TABLE_NAME LIKE '\\_alterwise\\_%' OR TABLE_NAME LIKE '\\_\\_alterwise\\_%')`,
  );
  const scratch: Scratch[] = [];
  for (const { name } of schemas) {
    if (!isRoom(name)) continue;
    const drop = `DROP DATABASE IF EXISTS ${quoteName(name)}`;
    scratch.push({ kind: 'schema', name, what: 'a scratch schema', owner: name, drop });
  }
  for (const table of tables) {
    const owner = ownerOfClone(table.name);
    if (owner === undefined) continue;
    const drop = `DROP TABLE IF EXISTS ${quoteTable(table)}`;
    const what = 'a clone from a probe or a rehearsal';
    scratch.push({ kind: 'table', name: tableLabel(table), what, owner, drop });
  }
  const found: Found[] = [];
  for (const each of scratch) found.push(await judged(session, topology, each));
  return found;
}

async function judged(session: Session, topology: Topology, scratch: Scratch): Promise<Found> {
  const { owner, drop, ...thing } = scratch;
  const [lock] = await session.rows<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [owner]);
  if (lock?.free !== 1) return { ...thing, verdict: 'in-use' };
  if (!locksHoldEverywhere(topology)) {
    const what = `${thing.what}; whether another server of the group uses it cannot be determined`;
    return { ...thing, what, verdict: 'not-ours' };
  }
  const remove = async () => {
    await session.execute(drop);
    return undefined;
  };
  return { ...thing, verdict: 'removable', remove };
}

/**
 * Recorded times are by the clock of the machine that ran alterwise, which may be seconds ahead. When in doubt an
 * instrument stays on: that costs the server little, and switching it off costs a gh-ost that needs it much.
 */
const clockSkewMs = 10_000;

/** Instruments of performance_schema that dead runs switched on and did not switch back. */
export async function foundSwitches(session: Session, runs: readonly KnownRun[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const { run, state, lines } of runs) {
    if (state === 'running' || state === 'elsewhere') continue;
    const open = new Map<string, { which: Switch; before: Before; at: string }>();
    for (const line of lines) {
      if (line.type === 'switched') open.set(line.which.name, line);
      if (line.type === 'switched-back') open.delete(line.which.name);
    }
    for (const { which, before, at } of open.values()) {
      // A restart resets them: what is on since then was switched on by somebody else.
      if (await hasRestartedSince(session, Date.now() - Date.parse(at) + clockSkewMs)) continue;
      if (await isAsBefore(session, which, before)) continue;
      found.push({
        kind: 'setting',
        name: `performance_schema.${which.table} ${which.name}`,
        run,
        what: 'switched on by a run; it was off before',
        verdict: 'removable',
        remove: async () =>
          (await switchBack(session, which, before)) ? undefined : 'a gh-ost needs it now',
      });
    }
  }
  return found;
}
