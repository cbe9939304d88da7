import { openSession, type Session } from '../mysql/session.js';
import { within } from '../mysql/within.js';
import type { ConnectionSettings } from '../settings/settings.js';
import type { Flavor } from './flavor.js';
import type { Follower } from './followers.js';
import { readVariables } from './variables.js';
import { parseVersion, type Version } from './version.js';

/** A replica that has let us in, and is the one that it was taken for. */
export interface Replica {
  host: string;
  port: number;
  flavor: Flavor;
  version: Version;
}

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
  use: (session: Session, replica: Replica, follower: Follower) => Promise<T>,
): Promise<Visit<T>[]> {
  return Promise.all(
    followers.map(async (follower) => {
      try {
        return { follower, answer: await visit(connection, follower, use) };
      } catch (error) {
        return { follower, why: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}

async function visit<T>(
  connection: ConnectionSettings,
  follower: Follower,
  use: (session: Session, replica: Replica, follower: Follower) => Promise<T>,
): Promise<T> {
  const { host, port } = follower;
  if (host === undefined || port === undefined) {
    throw new Error('its address is not known: it was started without report_host');
  }
  const session = await openSoon(connection, host, port);
  try {
    const variables = await readVariables(session);
    if (!isSame(follower, variables.text('server_uuid'), variables.number('server_id'))) {
      throw new Error('another server answers there');
    }
    const version = parseVersion(variables.text('version') ?? '');
    const flavor = /mariadb/i.test(`${version.text} ${variables.text('version_comment')}`)
      ? 'mariadb'
      : 'mysql';
    return await use(session, { host, port, flavor, version }, follower);
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

/** By the UUID; where there is none (MariaDB), by the id that is unique among servers that replicate. */
function isSame({ uuid, serverId }: Follower, itsUuid?: string, itsId?: number): boolean {
  return uuid !== undefined && itsUuid !== undefined ? uuid === itsUuid : serverId === itsId;
}
