import { unlessRefused } from '../mysql/errors.js';
import { openSession, type Session } from '../mysql/session.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { present } from '../util/present.js';
import { within } from '../util/within.js';
import { replicationStatements, type ServerIdentity } from './capabilities.js';
import { type Follower, readReplicaStatus } from './topology.js';
import { identityOf, readVariables } from './variables.js';

/** How a replica follows its source. */
export interface Replication {
  /** Both threads run. */
  runs: boolean;
  /** How far it is behind, as it says itself; absent if it has stopped. */
  secondsBehind?: number;
  /** That it stays behind on purpose (SOURCE_DELAY). */
  delaySeconds: number;
  /** It leaves schemas or tables out. */
  filters: boolean;
  /** Up to where it has applied the source's binary log. */
  applied?: BinlogPlace;
}

export interface BinlogPlace {
  file: string;
  position: number;
}

/**
 * How a replica follows the server with this id: it may follow more than one.
 * @returns undefined where it does not
 * @throws a server error where the account may not ask (REPLICATION CLIENT)
 */
export async function readReplication(
  session: Session,
  server: ServerIdentity,
  sourceId: number | undefined,
): Promise<Replication | undefined> {
  const rows = await readReplicaStatus(session, server);
  const row =
    rows.find(({ Source_Server_Id }) => Number(Source_Server_Id) === sourceId) ??
    (rows.length === 1 ? rows[0] : undefined);
  if (row === undefined) return undefined;
  const { Seconds_Behind_Source: behind, Relay_Source_Log_File: file } = row;
  const filter = /^Replicate_(Wild_)?(Do|Ignore)_/;
  const filters = Object.entries(row).some(([name, value]) => filter.test(name) && (value ?? '') !== '');
  return present({
    runs: row.Replica_IO_Running === 'Yes' && row.Replica_SQL_Running === 'Yes',
    secondsBehind: behind === null || behind === undefined ? undefined : Number(behind),
    delaySeconds: Number(row.SQL_Delay ?? 0),
    filters,
    applied: placeOf(file, row.Exec_Source_Log_Pos),
  });
}

function placeOf(file: unknown, position: unknown): BinlogPlace | undefined {
  return typeof file === 'string' && file !== '' ? { file, position: Number(position) } : undefined;
}

/** Whether what stands before `place` in the source's binary log has been applied; false if that is unknown. */
export function hasApplied({ applied }: Replication, place: BinlogPlace): boolean {
  if (applied === undefined) return false;
  const [its, wanted] = [numberOf(applied.file), numberOf(place.file)];
  return its === wanted ? applied.position >= place.position : its > wanted;
}

/** `bin.000012`: the number grows, and has more digits when it must. */
function numberOf(file: string): number {
  return Number(/\d+$/.exec(file)?.[0] ?? Number.NaN);
}

/**
 * Up to where the server has written its binary log.
 * @returns undefined where the account may not ask (REPLICATION CLIENT), or there is none
 */
export async function readBinlogPlace(
  session: Session,
  server: ServerIdentity,
): Promise<BinlogPlace | undefined> {
  const { position: show } = replicationStatements(server);
  const rows = await unlessRefused(session.rows<{ File: unknown; Position: unknown }>(show));
  return placeOf(rows?.[0]?.File, rows?.[0]?.Position);
}

/** A replica that has let us in, and is the one that it was taken for. */
export interface Replica extends ServerIdentity {
  host: string;
  port: number;
}

type Use<T> = (session: Session, replica: Replica, follower: Follower) => Promise<T>;

/** What became of a visit; `why` says for people why there was none. */
export type Visit<T> = { follower: Follower } & ({ answer: T } | { why: string });

/** A replica that cannot be reached must not hold up what does not depend on it. */
const openLimitMs = 3_000;

/**
 * Opens every replica with the account and the TLS of the primary, all at a time, and closes it whatever happens. An
 * address may mean another server from here than from the primary: one that is not the replica counts as unreachable.
 * @param use what it throws is the reason why that replica was not asked
 */
export async function visitReplicas<T>(
  connection: ConnectionSettings,
  followers: readonly Follower[],
  use: Use<T>,
): Promise<Visit<T>[]> {
  const visits = followers.map(async (follower): Promise<Visit<T>> => {
    try {
      return { follower, answer: await visit(connection, follower, use) };
    } catch (error) {
      return { follower, why: error instanceof Error ? error.message : String(error) };
    }
  });
  return Promise.all(visits);
}

async function visit<T>(connection: ConnectionSettings, follower: Follower, use: Use<T>): Promise<T> {
  const { host, port } = follower;
  if (host === undefined || port === undefined) {
    throw new Error('its address is unknown: it was started without report_host');
  }
  const session = await openSoon(connection, host, port);
  try {
    const variables = await readVariables(session);
    if (!isSame(follower, variables.text('server_uuid'), variables.number('server_id'))) {
      throw new Error('another server answers there');
    }
    return await use(session, { host, port, ...identityOf(variables) }, follower);
  } finally {
    await session.close();
  }
}

async function openSoon(
  { socketPath: _, ...connection }: ConnectionSettings,
  host: string,
  port: number,
): Promise<Session> {
  const opening = openSession({ ...connection, host, port });
  try {
    return await within(openLimitMs, opening, () => new Error(`no answer within ${openLimitMs / 1_000} s`));
  } catch (error) {
    // It may still be let in.
    opening.then((late) => late.close()).catch(() => {});
    throw error;
  }
}

/** By the UUID; if there is none (MariaDB), by the id that is unique among servers that replicate. */
function isSame({ uuid, serverId }: Follower, itsUuid?: string, itsId?: number): boolean {
  return uuid !== undefined && itsUuid !== undefined ? uuid === itsUuid : serverId === itsId;
}
