import { type BinlogPlace, hasApplied, type Replication, readReplication } from '../inspect/replication.js';
import { readDefinition } from '../inspect/shape.js';
import type { Replica } from '../inspect/visit-replicas.js';
import { isLockWaitTimeout, isServerError, isUnknownDatabase, isUnknownTable } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { humanMs } from '../plan/human.js';
import type { TableName } from '../plan/plan.js';
import { normalizeDefinition } from '../probe/definition.js';
import { linesOf, partOf } from '../probe/definition-lines.js';

/** What was made of a table on the primary. */
export interface Change extends Pick<Replica, 'flavor' | 'version'> {
  table: TableName;
  /** SHOW CREATE TABLE. */
  definition: string;
  /** Up to where the primary's binary log was written then; absent where it may not be asked. */
  place?: BinlogPlace;
}

export type Arrival =
  | { schema: 'same' }
  /** The change has arrived, and the table is another all the same. */
  | { schema: 'different'; detail: string }
  | {
      schema: 'behind';
      detail: string;
      /** It will not arrive by itself. */
      standsStill: boolean;
      /** As the replica says; absent where it is not known. */
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
  // In this order: what has been applied by now is seen.
  const replication = await replicationOf(session, replica, sourceId);
  const difference = await differenceOf(session, replica, change);
  if (difference === undefined) return { schema: 'same' };
  const { place } = change;
  const isThere = replication !== undefined && place !== undefined && hasApplied(replication, place);
  if (isThere && difference !== 'locked') return { schema: 'different', detail: difference };
  return behind(replication);
}

/** Undefined where the account may not ask: then only time tells. */
async function replicationOf(session: Session, replica: Replica, sourceId: number | undefined) {
  try {
    return await readReplication(session, replica, sourceId);
  } catch (error) {
    if (isServerError(error)) return undefined;
    throw error;
  }
}

/** What is another on the replica, in words; `locked` where it cannot be read for it is being changed. */
async function differenceOf(
  session: Session,
  replica: Replica,
  { table, definition, flavor, version }: Change,
): Promise<string | undefined> {
  let its: string;
  try {
    its = await readDefinition(session, table);
  } catch (error) {
    if (isLockWaitTimeout(error)) return 'locked';
    if (isUnknownTable(error) || isUnknownDatabase(error)) return 'it has no such table';
    throw error;
  }
  const inOneTongue =
    flavor === replica.flavor &&
    `${version.major}.${version.minor}` === `${replica.version.major}.${replica.version.minor}`;
  const [there, here] = [its, definition].map((text) => partsToCompare(text, inOneTongue)) as [
    string[],
    string[],
  ];
  const missing = here.find((line) => !there.includes(line));
  const more = there.find((line) => !here.includes(line));
  if (missing === undefined && more === undefined) {
    return there.join('\n') === here.join('\n') ? undefined : 'its columns or keys are in another order';
  }
  return [
    ...(missing === undefined ? [] : [`it lacks ${missing.trim()}`]),
    ...(more === undefined ? [] : [`it has ${more.trim()}`]),
  ].join(', and ');
}

/**
 * Servers of different versions write the same definition in different words: then only the names of columns and keys
 * are compared. A CHECK may be named otherwise where the copy was made by CREATE TABLE … LIKE.
 */
function partsToCompare(definition: string, inOneTongue: boolean): string[] {
  const lines = linesOf(
    normalizeDefinition(definition).replace(/CONSTRAINT `(?:[^`]|``)+` CHECK /g, 'CHECK '),
  );
  if (inOneTongue) return lines;
  return lines.flatMap((line) => {
    const part = partOf(line);
    return part === undefined || part.what === 'constraint' ? [] : [`${part.what} ${part.name}`];
  });
}

function behind(replication: Replication | undefined): Extract<Arrival, { schema: 'behind' }> {
  const schema = 'behind';
  if (replication === undefined) return { schema, detail: 'it has not arrived yet', standsStill: false };
  const { runs, delaySeconds, secondsBehind } = replication;
  if (!runs) return { schema, detail: 'its replication stands still', standsStill: true };
  const behindMs = Math.max(delaySeconds, secondsBehind ?? 0) * 1_000;
  const detail =
    delaySeconds > 0
      ? `it stays ${humanMs(delaySeconds * 1_000)} behind on purpose`
      : `it is ${humanMs(behindMs)} behind`;
  return { schema, detail, standsStill: false, behindMs };
}
