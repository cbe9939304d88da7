import type { Check, PlannedAlter } from '../../documents/plan.js';
import { type Replica, readReplication, visitReplicas } from '../../inspect/replication.js';
import type { ServerFacts } from '../../inspect/server.js';
import { addressOf, type Follower } from '../../inspect/topology.js';
import { isServerError, isUnknownDatabase, isUnknownTable } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import type { ConnectionSettings } from '../../settings/settings.js';
import { type TableName, tableLabel } from '../../sql/names.js';
import { readDefinition } from '../../table/shape.js';
import { humanMs } from '../../text/human.js';
import type { GhostContext } from './context.js';

/**
 * The replicas whose lag pauses the row copy: those that `--throttle-replica` names, or else all that can be watched.
 * @returns `host:port` each
 */
export async function watchedReplicas(
  { table }: Pick<PlannedAlter, 'table'>,
  { settings, server, emit }: Pick<GhostContext, 'settings' | 'server' | 'emit'>,
): Promise<readonly string[]> {
  if (settings.ghost.throttleReplicas !== undefined) return settings.ghost.throttleReplicas;
  const found = await findWatchedReplicas(settings.connection, server, table);
  for (const { id, text } of unwatchedChecks(found)) {
    emit({ type: 'warning', id, table: tableLabel(table), text });
  }
  return found.watched;
}

/** What is said of the replicas whose lag does not pause the row copy. */
export function unwatchedChecks({ unreachable, unfit }: WatchedReplicas): Check[] {
  const fix =
    'Name the replicas as they are reached from here, with --throttle-replica HOST:PORT for each; --throttle-replica none watches none.';
  return [
    ...unreachable.map(({ replica, why }): Check => {
      const text = `The lag of the replica at ${replica} cannot be watched: ${why.replace(/\.$/, '')}.`;
      return { id: 'replica-unreachable', level: 'warning', text, fix };
    }),
    ...unfit.map(({ replica, why }): Check => {
      const text = `The lag of the replica at ${replica} is not watched: ${why}.`;
      return { id: 'replica-not-watched', level: 'warning', text };
    }),
  ];
}

interface WatchedReplicas {
  /** `host:port` each: gh-ost pauses while one of them lags. */
  watched: readonly string[];
  /** Those that nobody gets to from here. */
  unreachable: readonly Unwatched[];
  /** Those that are not to be watched: what gh-ost waits for there would never come. */
  unfit: readonly Unwatched[];
}

interface Unwatched {
  replica: string;
  /** For people, as `it does not have the table`. */
  why: string;
}

/**
 * Finds the replicas whose lag gh-ost can watch. On each it reads the heartbeats that it writes beside the table (gh-ost
 * go/logic/throttler.go, collectControlReplicasLag), and it pauses for as long as it cannot read them: where they never
 * arrive, for ever.
 */
export async function findWatchedReplicas(
  connection: ConnectionSettings,
  { topology }: Pick<ServerFacts, 'topology'>,
  table: TableName,
): Promise<WatchedReplicas> {
  const visits = await visitReplicas(connection, topology.followers ?? [], (session, replica, follower) =>
    unfitness(session, replica, follower, table),
  );
  const found = { watched: [] as string[], unreachable: [] as Unwatched[], unfit: [] as Unwatched[] };
  for (const visit of visits) {
    const replica = addressOf(visit.follower);
    if ('why' in visit) found.unreachable.push({ replica, why: visit.why });
    else if (visit.answer !== undefined) found.unfit.push({ replica, why: visit.answer });
    else found.watched.push(replica);
  }
  return found;
}

/** Why a replica must not be watched; undefined where it may. */
async function unfitness(
  session: Session,
  replica: Replica,
  { sourceId }: Follower,
  table: TableName,
): Promise<string | undefined> {
  try {
    await readDefinition(session, table);
  } catch (error) {
    if (isUnknownTable(error) || isUnknownDatabase(error)) return 'it does not have the table';
    throw error;
  }
  try {
    const replication = await readReplication(session, replica, sourceId);
    if (replication?.filters === true) return 'it leaves schemas or tables out';
    const { delaySeconds = 0 } = replication ?? {};
    return delaySeconds > 0 ? `it stays ${humanMs(delaySeconds * 1_000)} behind on purpose` : undefined;
  } catch (error) {
    if (isServerError(error)) return undefined; // who may not ask can read the heartbeats all the same
    throw error;
  }
}
