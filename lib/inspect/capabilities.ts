import type { Session } from '../mysql/session.js';

/** Whose server it is; Percona Server, RDS and Aurora are MySQL here. */
export type Flavor = 'mysql' | 'mariadb' | 'tidb' | 'vitess';

export interface Version {
  text: string;
  major: number;
  minor: number;
  patch: number;
}

/** What decides which capabilities a server has. */
export interface ServerIdentity {
  flavor: Flavor;
  version: Version;
}

/** @param text the server's version: `9.7.4`, `10.11.19-MariaDB-log`, `5.5.5-10.6.1-MariaDB` (from replication) */
export function parseVersion(text: string): Version {
  const digits = /^(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  const [major = 0, minor = 0, patch = 0] = (digits ?? []).slice(1).map((part) => Number(part ?? 0));
  return { text, major, minor, patch };
}

/** @param comment the variable version_comment */
export function identify(version = '', comment = ''): ServerIdentity {
  const text = `${version} ${comment}`;
  const flavors = { tidb: /tidb/i, vitess: /vitess|planetscale/i, mariadb: /mariadb/i } as const;
  const found = (['tidb', 'vitess', 'mariadb'] as const).find((flavor) => flavors[flavor].test(text));
  return { flavor: found ?? 'mysql', version: parseVersion(version) };
}

export async function readServerIdentity(session: Session): Promise<ServerIdentity> {
  const [row] = await session.rows<{ version: string; comment: string }>(
    'SELECT VERSION() AS version, @@version_comment AS comment',
  );
  return identify(row?.version, row?.comment);
}

type Capability = (server: ServerIdentity) => boolean;
type Release = readonly [major: number, minor: number, patch?: number];

/**
 * The only place where versions are compared. A flavor that is not named never has the capability; TiDB and Vitess
 * count as the MySQL version that they claim to be.
 */
function since(releases: { mysql?: Release; mariadb?: Release }): Capability {
  return ({ flavor, version }) => {
    const first = releases[flavor === 'mariadb' ? 'mariadb' : 'mysql'];
    if (first === undefined) return false;
    const [major, minor, patch = 0] = first;
    if (version.major !== major) return version.major > major;
    return version.minor !== minor ? version.minor > minor : version.patch >= patch;
  };
}

/** The versions that alterwise is tested with and later ones. */
export const isSupported = since({ mysql: [5, 7], mariadb: [0, 0] });

/** `9.7.4` and `9.7.0` write SHOW CREATE TABLE in the same way. */
export function isSameRelease(one: ServerIdentity, other: ServerIdentity): boolean {
  const [a, b] = [one.version, other.version];
  return one.flavor === other.flavor && a.major === b.major && a.minor === b.minor;
}

/** Manual 8.0, "SHOW REPLICA STATUS Statement": the older words are deprecated as of 8.0.22, and 8.4 has no others. */
export const hasReplicaSyntax = since({ mysql: [8, 0, 22] });

/** Manual 8.4, "SHOW BINARY LOG STATUS Statement"; 8.4 no longer knows SHOW MASTER STATUS. */
const hasBinaryLogStatus = since({ mysql: [8, 2] });

/** The statements about replication, in the words of this server. MariaDB keeps the old ones besides the new. */
export function replicationStatements(server: ServerIdentity) {
  const isNew = hasReplicaSyntax(server);
  // MariaDB's SHOW SLAVE STATUS leaves out replication connections that have a name.
  const oldStatus = server.flavor === 'mariadb' ? 'SHOW ALL SLAVES STATUS' : 'SHOW SLAVE STATUS';
  return {
    status: isNew ? 'SHOW REPLICA STATUS' : oldStatus,
    replicas: isNew ? 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS',
    position: hasBinaryLogStatus(server) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
  };
}

/**
 * The data dictionary is in InnoDB tables: lookups in information_schema by a referenced table are cheap, and
 * INNODB_TABLES and INNODB_INDEXES take the place of INNODB_SYS_*, but lock every table that they show (manual 8.0,
 * "MySQL Data Dictionary"; the locks measured).
 */
export const hasDataDictionary = since({ mysql: [8, 0] });

/** Manual 8.0, "Atomic Data Definition Statement Support". MariaDB's DDL is atomic for each table by itself. */
export const hasAtomicDdl = since({ mysql: [8, 0] });

/** One DROP TABLE may name a parent before its child; other servers want the child first (measured). */
export const dropsParentWithChild = since({ mysql: [8, 0] });

/** performance_schema.events_transactions_current is filled by default (manual 8.0, "Transaction Event Tables"). */
export const recordsTransactions = since({ mysql: [8, 0] });

/** Manual 8.0, "The INFORMATION_SCHEMA VIEW_TABLE_USAGE Table": added in 8.0.13. */
export const listsViewsByTable = since({ mysql: [8, 0, 13] });

/** CREATE_TIME goes with a table through RENAME; on MySQL 5.7 it becomes the time of the RENAME (measured). */
export const storesCreateTimeThroughRename = since({ mysql: [8, 0], mariadb: [0, 0] });

/** Manual 8.0, "CHECK Constraints"; MariaDB, "CONSTRAINT". Earlier versions parse ADD CHECK and ignore it. */
export const enforcesChecks = since({ mysql: [8, 0, 16], mariadb: [10, 2, 1] });

/** ALGORITHM and LOCK beside clauses that manage partitions (manual 8.0, "Online DDL Operations"). */
export const assertsPartitionClauses = since({ mysql: [8, 0] });

/** ALGORITHM=COPY with LOCK=NONE: MariaDB 11.2 release notes, MDEV-16329. */
export const copiesOnline = since({ mariadb: [11, 2] });

/** DROP TABLE of a large table does not stall others while the buffer pool is searched (8.0.23 notes; MDEV-25506). */
export const dropsLargeTablesWithoutStall = since({ mysql: [8, 0, 23], mariadb: [10, 6] });

const countsRowVersions = since({ mysql: [8, 0, 29] });
const hasMoreRowVersions = since({ mysql: [9, 1] });

/**
 * How many INSTANT ADD and DROP COLUMN a table bears before it must be rebuilt; undefined if there is no limit (manual,
 * "Online DDL Operations", "Column Operations": 64, from 9.1 on 255).
 */
export function rowVersionLimit(server: ServerIdentity): number | undefined {
  if (server.flavor !== 'mysql' || !countsRowVersions(server)) return undefined;
  return hasMoreRowVersions(server) ? 255 : 64;
}

const hidesIndexes = since({ mysql: [8, 0], mariadb: [10, 6] });

/** The word that makes queries ignore an index (manual 8.0, "Invisible Indexes"; MariaDB, "Ignored Indexes"). */
export function hiddenIndexWord(server: ServerIdentity): 'INVISIBLE' | 'IGNORED' | undefined {
  if (!hidesIndexes(server)) return undefined;
  return server.flavor === 'mariadb' ? 'IGNORED' : 'INVISIBLE';
}

const hasLongTimestamps = since({ mariadb: [11, 5] });

/** The last second that a TIMESTAMP holds (MariaDB 11.5 release notes: 2106 on 64-bit systems; elsewhere 2038). */
export function lastTimestampSecond(server: ServerIdentity): number {
  return hasLongTimestamps(server) ? 4_294_967_295 : 2_147_483_647;
}

const hasConnectionAdmin = since({ mysql: [8, 0], mariadb: [10, 5, 2] });

/** The privilege to end other accounts' connections, besides SUPER (manual, "KILL Statement"; MariaDB, "GRANT"). */
export function connectionAdmin(server: ServerIdentity): string | undefined {
  if (!hasConnectionAdmin(server)) return undefined;
  return server.flavor === 'mariadb' ? 'CONNECTION ADMIN' : 'CONNECTION_ADMIN';
}

/**
 * A SELECT that the server itself ends in time, even if this process has died: MySQL by the hint MAX_EXECUTION_TIME
 * (manual, "Optimizer Hints"), MariaDB by max_statement_time.
 * @param what what follows SELECT
 */
export function limitedSelect({ flavor }: Pick<ServerIdentity, 'flavor'>, limitMs: number, what: string) {
  return flavor === 'mariadb'
    ? `SET STATEMENT max_statement_time=${limitMs / 1_000} FOR SELECT ${what}`
    : `SELECT /*+ MAX_EXECUTION_TIME(${limitMs}) */ ${what}`;
}

/**
 * Foreign keys are checked above the storage engine, so that the rows that they cascade to are in the binary log: MySQL
 * 9.6 and later unless innodb_native_foreign_keys is on. InnoDB's own cascades are not (measured on MySQL 8.0 and 9.7 and
 * MariaDB 10.11).
 */
export async function logsCascades(session: Session): Promise<boolean> {
  const [row] = await session.rows<{ Value: string }>(
    "SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'",
  );
  return row?.Value === 'OFF';
}
