import { setTimeout as sleep } from 'node:timers/promises';
import type { Emit } from '../documents/event.js';
import type { PlannedAlter } from '../documents/plan.js';
import type { ReplicaState, StatementResult } from '../documents/result.js';
import { isSameRelease, type ServerIdentity } from '../inspect/capabilities.js';
import {
  type BinlogPlace,
  hasApplied,
  type Replica,
  type Replication,
  readBinlogPlace,
  readReplication,
  type Visit,
  visitReplicas,
} from '../inspect/replication.js';
import type { ServerFacts } from '../inspect/server.js';
import { addressOf } from '../inspect/topology.js';
import { isLockWaitTimeout, isServerError, isUnknownDatabase, isUnknownTable } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import type { ConnectionSettings, Settings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import { normalizeDefinition, piecesOf } from '../table/forms.js';
import { readDefinition } from '../table/shape.js';
import { counted, humanMs } from '../text/human.js';

/** How long a change may take to reach the replicas, besides the time that they need for a direct ALTER themselves. */
const arriveMs = 30_000;

/** Adds to the result of a change what became of it on the replicas. The change is done: what is wrong there is a warning. */
export async function withReplicaStates(
  result: StatementResult,
  { table, strategy }: PlannedAlter,
  context: { settings: Settings; server: ServerFacts; emit: Emit; signal: AbortSignal },
): Promise<StatementResult> {
  const { settings, server, emit, signal } = context;
  const count = server.topology.followers?.length ?? 0;
  if (result.outcome !== 'done' || count === 0) return result;
  const name = tableLabel(table);
  const text = `Comparing ${name} on ${counted(count, 'replica')} with that of the primary`;
  emit({ type: 'phase', phase: 'verify', table: name, text });
  const limitMs = arriveMs + (strategy === 'gh-ost' ? 0 : (result.durationMs ?? 0));
  const warn = (text: string) => emit({ type: 'warning', id: 'replica-schema', table: name, text });
  try {
    const replicas = await verifyReplicas(settings.connection, server, table, { limitMs, signal });
    for (const replica of replicas) if (replica.schema !== 'same') warn(warningText(replica));
    return { ...result, replicas };
  } catch (error) {
    warn(`The replicas could not be checked: ${error instanceof Error ? error.message : String(error)}`);
    return result;
  }
}

function warningText({ schema, detail = '', ...place }: ReplicaState): string {
  const why = detail.replace(/\.$/, '');
  const address = addressOf(place);
  if (schema === 'different') return `The table on the replica at ${address} differs: ${why}.`;
  if (schema === 'behind') return `The change has not reached the replica at ${address}: ${why}.`;
  return `The table on the replica at ${address} could not be checked: ${why}.`;
}

interface ReplicaLimits {
  /** How long a change may need to arrive. */
  limitMs: number;
  /** Aborted: what has not arrived by now is behind. */
  signal: AbortSignal;
}

const pollMs = 250;

/**
 * Compares a table on the replicas with the primary's, after the change there. It waits for a change that has not arrived,
 * unless that cannot arrive within the limit.
 * @throws if the primary cannot be asked
 */
async function verifyReplicas(
  connection: ConnectionSettings,
  server: ServerIdentity & Pick<ServerFacts, 'topology'>,
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
  { flavor, version }: ServerIdentity,
  table: TableName,
): Promise<Change> {
  const definition = await readDefinition(session, table);
  // In this order: what made the definition is in the binary log before the place.
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
    const { schema, detail, isStopped, behindMs = 0 } = found;
    const leftMs = limitMs - (performance.now() - start);
    // Later, the lag grows by itself while a long ALTER runs.
    const isHopeless = isStopped || (isFirst && behindMs > limitMs);
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

/** The table on the primary after the change. */
interface Change extends ServerIdentity {
  table: TableName;
  /** SHOW CREATE TABLE. */
  definition: string;
  /** Up to where the primary's binary log was written then; absent without the privilege to ask. */
  place?: BinlogPlace;
}

type Arrival =
  | { schema: 'same' }
  /** The change has arrived, and the table differs all the same. */
  | { schema: 'different'; detail: string }
  | {
      schema: 'behind';
      detail: string;
      /** It will not arrive by itself. */
      isStopped: boolean;
      /** As the replica reports it; absent if unknown. */
      behindMs?: number;
    };

/**
 * Looks whether a change of the primary has arrived on a replica.
 * @param sourceId the server_id of the primary, as the replica knows it
 */
export async function lookForArrival(
  session: Session,
  replica: Replica,
  sourceId: number | undefined,
  change: Change,
): Promise<Arrival> {
  // In this order: the definition shows what has been applied by now.
  const replication = await replicationOf(session, replica, sourceId);
  const difference = await differenceOf(session, replica, change);
  if (difference === undefined) return { schema: 'same' };
  const { place } = change;
  const isThere = replication !== undefined && place !== undefined && hasApplied(replication, place);
  if (isThere && difference !== 'locked') return { schema: 'different', detail: difference };
  return behind(replication);
}

/** Undefined without the privilege to ask: then only time tells. */
async function replicationOf(session: Session, replica: Replica, sourceId: number | undefined) {
  try {
    return await readReplication(session, replica, sourceId);
  } catch (error) {
    if (isServerError(error)) return undefined;
    throw error;
  }
}

/** What differs on the replica, in words; `locked` if it cannot be read since it is being changed. */
async function differenceOf(
  session: Session,
  replica: Replica,
  { table, definition, ...primary }: Change,
): Promise<string | undefined> {
  let its: string;
  try {
    its = await readDefinition(session, table);
  } catch (error) {
    if (isLockWaitTimeout(error)) return 'locked';
    if (isUnknownTable(error) || isUnknownDatabase(error)) return 'it has no such table';
    throw error;
  }
  const sameRelease = isSameRelease(replica, primary);
  const [there, here] = [partsToCompare(its, sameRelease), partsToCompare(definition, sameRelease)];
  const missing = here.find((line) => !there.includes(line));
  const more = there.find((line) => !here.includes(line));
  if (missing === undefined && more === undefined) {
    return there.join('\n') === here.join('\n') ? undefined : 'its columns or keys are in another order';
  }
  const differences = [missing && `it lacks ${missing.trim()}`, more && `it has ${more.trim()}`];
  return differences.filter(Boolean).join(', and ');
}

/**
 * Servers of different versions write the same definition differently: then only the names of columns and keys are
 * compared. A CHECK may have another name, since gh-ost makes its shadow table by CREATE TABLE … LIKE.
 */
function partsToCompare(definition: string, sameRelease: boolean): string[] {
  if (sameRelease) {
    return piecesOf(normalizeDefinition(definition), ({ what, body, sql }) =>
      what === 'check' ? body : sql,
    );
  }
  return partsOf(definition, 'column', 'key', 'primary-key').map(({ what, name }) => `${what} ${name}`);
}

function behind(replication: Replication | undefined): Extract<Arrival, { schema: 'behind' }> {
  const schema = 'behind';
  if (replication === undefined) return { schema, detail: 'it has not arrived yet', isStopped: false };
  const { runs, delaySeconds, secondsBehind } = replication;
  if (!runs) return { schema, detail: 'its replication has stopped', isStopped: true };
  const behindMs = Math.max(delaySeconds, secondsBehind ?? 0) * 1_000;
  const detail =
    delaySeconds > 0
      ? `it is delayed by ${humanMs(delaySeconds * 1_000)} on purpose`
      : `it is ${humanMs(behindMs)} behind`;
  return { schema, detail, isStopped: false, behindMs };
}
