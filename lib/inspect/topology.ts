import type { Session } from '../mysql/session.js';
import type { Flavor } from './flavor.js';
import { type Follower, readFollowers } from './followers.js';
import type { Variables } from './variables.js';
import type { Version } from './version.js';

export interface Topology {
  /** Servers (and readers of the binlog that look like one) that follow; absent where we may not look. */
  replicas?: number;
  /** The same one by one. */
  followers?: readonly Follower[];
  /** Absent where we may not look. */
  isReplica?: boolean;
  readOnly: boolean;
  galera: boolean;
  groupReplication: boolean;
}

export async function readTopology(
  session: Session,
  flavor: Flavor,
  version: Version,
  variables: Variables,
): Promise<Topology> {
  const newWords = flavor === 'mariadb' ? version.atLeast(10, 5, 1) : version.atLeast(8, 0, 22);
  const followers = await readFollowers(session, flavor, version);
  const sources = await count(session, newWords ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS');
  return {
    ...(followers && { replicas: followers.length, followers }),
    ...(sources !== undefined && { isReplica: sources > 0 }),
    readOnly: ['read_only', 'super_read_only', 'innodb_read_only'].some((name) => variables.on(name)),
    galera: variables.on('wsrep_on') && (await galeraSize(session)) > 0,
    groupReplication: flavor === 'mysql' && (await groupMembers(session)) > 0,
  };
}

/** Where several servers take writes, a lock that is free here may be held on another: nothing is proved. */
export function locksHoldEverywhere({ galera, groupReplication, isReplica }: Topology): boolean {
  return !galera && !groupReplication && isReplica !== true;
}

/** Rows of a SHOW, or undefined where the account may not ask (REPLICATION CLIENT, REPLICATION SLAVE). */
async function count(session: Session, show: string): Promise<number | undefined> {
  try {
    return (await session.rows(show)).length;
  } catch {
    return undefined;
  }
}

async function galeraSize(session: Session): Promise<number> {
  const [row] = await session.rows<{ Value: string }>(`SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'`);
  return Number(row?.Value ?? 0);
}

async function groupMembers(session: Session): Promise<number> {
  const members = await count(
    session,
    `SELECT MEMBER_ID FROM performance_schema.replication_group_members WHERE MEMBER_STATE <> 'OFFLINE'`,
  );
  return members ?? 0;
}
