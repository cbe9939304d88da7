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
  visitReplicas,
} from '../inspect/replication.js';
import type { ServerFacts } from '../inspect/server.js';
import { addressOf } from '../inspect/topology.js';
import { isLockWaitTimeout, unlessRefused } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import type { Settings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import { normalizeDefinition, piecesOf, readNormalized } from '../table/forms.js';
import { readDefinition } from '../table/shape.js';
import { counted, humanMs } from '../text/human.js';

/** How long a change may take to reach the replicas, besides the time that they need for a direct ALTER themselves. */
const arriveMs = 30_000;

const pollMs = 250;

/**
 * Adds to the result of a change what became of it on the replicas. The change is done: what is wrong there is a warning.
 * A change that has not arrived is waited for, unless it cannot arrive within the limit.
 * @param context its signal aborted: what has not arrived by now is behind
 */
export async function withReplicaStates(
  result: StatementResult,
  { table, strategy }: PlannedAlter,
  context: { settings: Settings; server: ServerFacts; emit: Emit; signal: AbortSignal },
): Promise<StatementResult> {
  const { server, emit, signal } = context;
  const { connection } = context.settings;
  const followers = server.topology.followers ?? [];
  if (result.outcome !== 'done' || followers.length === 0) return result;
  const name = tableLabel(table);
  const phase = `Comparing ${name} on ${counted(followers.length, 'replica')} with that of the primary`;
  emit({ type: 'phase', phase: 'verify', table: name, text: phase });
  const limitMs = arriveMs + (strategy === 'gh-ost' ? 0 : (result.durationMs ?? 0));
  const warn = (text: string) => emit({ type: 'warning', id: 'replica-schema', table: name, text });
  try {
    const change = await withSession(connection, {}, async (session): Promise<Change> => {
      const definition = await readDefinition(session, table);
      // In this order: what made the definition is in the binary log before the place.
      return { ...server, table, definition, place: await readBinlogPlace(session, server) };
    });
    const visits = await visitReplicas(connection, followers, (session, replica, { sourceId }) =>
      waitForArrival(() => lookForArrival(session, replica, sourceId, change), limitMs, signal),
    );
    const replicas = visits.map(({ follower: { host, port }, ...visit }): ReplicaState => {
      const place = { ...(host !== undefined && { host }), ...(port !== undefined && { port }) };
      if ('why' in visit) return { ...place, schema: 'unreachable', detail: visit.why };
      const { schema, detail } = visit.answer;
      return { ...place, schema, ...(detail !== undefined && { detail }) };
    });
    for (const { schema, detail = '', ...place } of replicas) {
      if (schema !== 'same') warn(`${warnings[schema](addressOf(place))}: ${detail.replace(/\.$/, '')}.`);
    }
    return { ...result, replicas };
  } catch (error) {
    warn(`The replicas could not be checked: ${error instanceof Error ? error.message : String(error)}`);
    return result;
  }
}

const warnings = {
  different: (replica: string) => `The table on the replica at ${replica} differs`,
  behind: (replica: string) => `The change has not reached the replica at ${replica}`,
  unreachable: (replica: string) => `The table on the replica at ${replica} could not be checked`,
};

/** The table on the primary after the change. */
interface Change extends ServerIdentity {
  table: TableName;
  /** SHOW CREATE TABLE. */
  definition: string;
  /** Up to where the primary's binary log was written then; absent without the privilege to ask. */
  place?: BinlogPlace | undefined;
}

interface Arrival {
  /** `different`: the change has arrived, and the table differs all the same. */
  schema: 'same' | 'different' | 'behind';
  detail?: string;
  /** How long until it arrives, as the replica reports it; infinite if it has stopped. */
  behindMs?: number;
}

async function waitForArrival(
  look: () => Promise<Arrival>,
  limitMs: number,
  signal: AbortSignal,
): Promise<Arrival> {
  const start = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    const found = await look();
    const { schema, behindMs = 0 } = found;
    const leftMs = limitMs - (performance.now() - start);
    // Later, the lag grows by itself while a long ALTER runs.
    const isHopeless = behindMs === Number.POSITIVE_INFINITY || (isFirst && behindMs > limitMs);
    if (schema !== 'behind' || leftMs <= 0 || isHopeless || signal.aborted) return found;
    await sleep(Math.min(pollMs, leftMs), undefined, { signal }).catch(() => {});
  }
}

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
  // In this order: the definition shows what has been applied by now. Without the privilege to ask only time tells.
  const replication = await unlessRefused(readReplication(session, replica, sourceId));
  const difference = await differenceOf(session, replica, change);
  if (difference === undefined) return { schema: 'same' };
  const { place } = change;
  const isThere = replication !== undefined && place !== undefined && hasApplied(replication, place);
  if (isThere && difference !== 'locked') return { schema: 'different', detail: difference };
  return { schema: 'behind', ...lagOf(replication) };
}

/** What differs on the replica, in words; `locked` if it cannot be read since it is being changed. */
async function differenceOf(
  session: Session,
  replica: Replica,
  { table, definition, ...primary }: Change,
): Promise<string | undefined> {
  let its: string | undefined;
  try {
    its = await readNormalized(session, table);
  } catch (error) {
    if (isLockWaitTimeout(error)) return 'locked';
    throw error;
  }
  if (its === undefined) return 'it has no such table';
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

function lagOf(replication: Replication | undefined): Omit<Arrival, 'schema'> {
  if (replication === undefined) return { detail: 'it has not arrived yet' };
  const { runs, delaySeconds, secondsBehind } = replication;
  if (!runs) return { detail: 'its replication has stopped', behindMs: Number.POSITIVE_INFINITY };
  const behindMs = Math.max(delaySeconds, secondsBehind ?? 0) * 1_000;
  const delayed = `it is delayed by ${humanMs(delaySeconds * 1_000)} on purpose`;
  return { detail: delaySeconds > 0 ? delayed : `it is ${humanMs(behindMs)} behind`, behindMs };
}
