import { unlessRefused } from '../mysql/errors.js';
import { readStatus } from '../mysql/processlist.js';
import type { Session } from '../mysql/session.js';
import { present } from '../util/present.js';
import { replicationStatements, type ServerIdentity } from './capabilities.js';
import type { Variables } from './variables.js';

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
  server: ServerIdentity,
  variables: Variables,
): Promise<Topology> {
  const followers = await readFollowers(session, server);
  const sources = await unlessRefused(session.rows(replicationStatements(server).status));
  return present({
    replicas: followers?.length,
    followers,
    isReplica: sources && sources.length > 0,
    readOnly: ['read_only', 'super_read_only', 'innodb_read_only'].some((name) => variables.on(name)),
    galera: variables.on('wsrep_on') && (await readStatus(session, 'wsrep_cluster_size')) > 0,
    groupReplication: server.flavor === 'mysql' && (await groupMembers(session)) > 0,
  });
}

/** Where several servers take writes, a lock that is free here may be held on another: nothing is proved. */
export function locksHoldEverywhere({ galera, groupReplication, isReplica }: Topology): boolean {
  return !galera && !groupReplication && isReplica !== true;
}

/**
 * How the server follows its sources, a row each, with the column names of MySQL 8.0.22; MariaDB has kept the old ones.
 * @throws a server error if the account may not ask (REPLICATION CLIENT; on MariaDB REPLICA MONITOR)
 */
export async function readReplicaStatus(session: Session, server: ServerIdentity): Promise<Row[]> {
  const rows = await session.rows<Row>(replicationStatements(server).status);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name.replaceAll('Master', 'Source').replace('Slave_', 'Replica_'),
        value,
      ]),
    ),
  );
}

async function groupMembers(session: Session): Promise<number> {
  const members = await unlessRefused(
    session.rows(
      `SELECT MEMBER_ID FROM performance_schema.replication_group_members WHERE MEMBER_STATE <> 'OFFLINE'`,
    ),
  );
  return members?.length ?? 0;
}

/** What a replica says of itself to the server that it follows. */
export interface Follower {
  /** Absent where the server does not tell; unknown followers count as well. */
  serverId?: number;
  /** MySQL's server_uuid; MariaDB has none. */
  uuid?: string;
  /** Its report_host, or else where its connection comes from; absent where neither is known. */
  host?: string;
  port?: number;
  /** The server_id of the server that it follows. */
  sourceId?: number;
}

/**
 * The replicas that the server knows. gh-ost and other readers of the binary log register as replicas do (measured);
 * one that is told by its client library is left out, any other counts: to take a replica for a reader would be worse.
 * @returns undefined where the account may not ask (REPLICATION SLAVE; on MariaDB REPLICATION MASTER ADMIN)
 */
async function readFollowers(session: Session, server: ServerIdentity): Promise<Follower[] | undefined> {
  const rows = await unlessRefused(session.rows<Row>(replicationStatements(server).replicas));
  if (rows === undefined || rows.length === 0) return rows && [];
  const readers =
    server.flavor === 'mariadb' ? [] : ((await unlessRefused(session.rows<Row>(readersQuery))) ?? []);
  return rows.map((row) => followerOf(row, readers)).filter((follower) => follower !== undefined);
}

/** `db2:3306`, `[::1]:3306`, as gh-ost wants it; in words if it is unknown. */
export function addressOf({ host, port }: Pick<Follower, 'host' | 'port'>): string {
  if (host === undefined) return `an unknown host${port === undefined ? '' : `, port ${port}`}`;
  const name = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}

type Row = Record<string, unknown>;

/**
 * Who reads the binary log, and from where. Each reader sets a variable to the UUID that SHOW REPLICAS shows
 * (measured), and names its client library when it connects.
 */
const readersQuery = `SELECT DISTINCT CAST(v.VARIABLE_VALUE AS CHAR) AS uuid, t.PROCESSLIST_HOST AS host,
    a.ATTR_VALUE AS client
  FROM performance_schema.user_variables_by_thread v
  JOIN performance_schema.threads t ON t.THREAD_ID=v.THREAD_ID
  LEFT JOIN performance_schema.session_connect_attrs a
    ON a.PROCESSLIST_ID=t.PROCESSLIST_ID AND a.ATTR_NAME='_client_name'
  WHERE v.VARIABLE_NAME IN ('replica_uuid', 'slave_uuid')`;

/** The libraries that servers themselves use. */
const ofServers = ['libmysql', 'libmariadb'];

function followerOf(row: Row, readers: readonly Row[]): Follower | undefined {
  const uuid = text(row.Replica_UUID) ?? text(row.Slave_UUID);
  const reader = uuid === undefined ? undefined : readers.find((other) => other.uuid === uuid);
  const library = text(reader?.client);
  if (library !== undefined && !ofServers.includes(library)) return undefined;
  return present({
    serverId: positive(row.Server_Id ?? row.Server_id),
    uuid,
    host: text(row.Host) ?? text(reader?.host),
    port: positive(row.Port),
    sourceId: positive(row.Source_Id ?? row.Master_id),
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return number > 0 ? number : undefined;
}
