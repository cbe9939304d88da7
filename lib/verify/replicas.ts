import { setTimeout as sleep } from 'node:timers/promises';
import { readBinlogPlace } from '../inspect/replication.js';
import type { ServerFacts } from '../inspect/server.js';
import { readDefinition } from '../inspect/shape.js';
import { type Visit, visitReplicas } from '../inspect/visit-replicas.js';
import { type Session, withSession } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import type { ReplicaState } from '../plan/result.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { type Arrival, type Change, lookForArrival } from './arrival.js';

export interface ReplicaLimits {
  /** How long a change may need to arrive. */
  limitMs: number;
  /** Aborted: what has not arrived by now is behind. */
  signal: AbortSignal;
}

const pollMs = 250;

/**
 * Compares a table on the replicas with the primary's, now that it was changed there. What has not arrived is waited
 * for, unless it cannot arrive within the limit.
 * @throws what is thrown where the primary cannot be asked
 */
export async function verifyReplicas(
  connection: ConnectionSettings,
  server: Pick<ServerFacts, 'topology' | 'flavor' | 'version'>,
  table: TableName,
  limits: ReplicaLimits,
): Promise<ReplicaState[]> {
  const followers = server.topology.followers ?? [];
  if (followers.length === 0) return [];
  const change = await withSession(connection, {}, (session) => readChange(session, server, table));
  const visits = await visitReplicas(connection, followers, (session, replica, { sourceId }) =>
    waitForArrival(() => lookForArrival(session, replica, sourceId, change), limits),
  );
  return visits.map(stateOf);
}

async function readChange(
  session: Session,
  { flavor, version }: Pick<ServerFacts, 'flavor' | 'version'>,
  table: TableName,
): Promise<Change> {
  const definition = await readDefinition(session, table);
  // In this order: what made the definition stands before the place.
  const place = await readBinlogPlace(session, { flavor, version });
  return { table, definition, flavor, version, ...(place && { place }) };
}

async function waitForArrival(
  look: () => Promise<Arrival>,
  { limitMs, signal }: ReplicaLimits,
): Promise<Pick<ReplicaState, 'schema' | 'detail'>> {
  const start = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    const found = await look();
    if (found.schema !== 'behind') return found;
    const { schema, detail, standsStill, behindMs = 0 } = found;
    const leftMs = limitMs - (performance.now() - start);
    // Later it grows by itself while a long ALTER is at work.
    const isHopeless = standsStill || (isFirst && behindMs > limitMs);
    if (leftMs <= 0 || isHopeless || signal.aborted) return { schema, detail };
    await sleep(Math.min(pollMs, leftMs), undefined, { signal }).catch(() => {});
  }
}

function stateOf(visit: Visit<Pick<ReplicaState, 'schema' | 'detail'>>): ReplicaState {
  const { host, port } = visit.follower;
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...('why' in visit ? { schema: 'unreachable', detail: visit.why } : visit.answer),
  };
}
