import type { Session } from '../mysql/session.js';
import { readTopology, type Topology } from './topology.js';
import { readVariables, type Variables } from './variables.js';
import { type Flavor, parseVersion, type Version } from './version.js';

export interface ServerFacts {
  flavor: Flavor;
  version: Version;
  /** MySQL's server_uuid; MariaDB has none. */
  uuid?: string;
  /** What the server calls itself: `hostname:port`. */
  host: string;
  port: number;
  hosting?: 'aurora' | 'rds';
  topology: Topology;
  binlog: BinlogFacts;
  /** The instrument that fills performance_schema.metadata_locks is on. */
  metadataLocksVisible: boolean;
  /** ADD CHECK is more than a comment: MySQL from 8.0.16, MariaDB from 10.2.1. */
  enforcesChecks: boolean;
  /** The cipher of this connection; absent where it is not encrypted. */
  cipher?: string;
  /** Table names that differ in case only are different tables. */
  caseSensitiveNames: boolean;
}

/** What the server is, can do, and how it is set: a handful of statements, none of which touches a table. */
export async function inspectServer(session: Session): Promise<ServerFacts> {
  const variables = await readVariables(session);
  const version = parseVersion(variables.text('version') ?? '');
  const flavor = flavorOf(variables);
  const hosting = hostingOf(variables);
  const uuid = variables.text('server_uuid');
  const port = variables.number('port') ?? 3306;
  const cipher = await readCipher(session);
  return {
    flavor,
    version,
    ...(uuid !== undefined && uuid !== '' && { uuid }),
    host: `${variables.text('hostname') ?? 'unknown'}:${port}`,
    port,
    ...(hosting && { hosting }),
    topology: await readTopology(session, flavor, version, variables),
    binlog: readBinlog(variables),
    metadataLocksVisible: await metadataLocksVisible(session, variables),
    enforcesChecks: flavor === 'mariadb' ? version.atLeast(10, 2, 1) : version.atLeast(8, 0, 16),
    ...(cipher !== undefined && { cipher }),
    caseSensitiveNames: variables.text('lower_case_table_names') === '0',
  };
}

function flavorOf(variables: Variables): Flavor {
  const text = `${variables.text('version') ?? ''} ${variables.text('version_comment') ?? ''}`;
  if (/tidb/i.test(text)) return 'tidb';
  if (/vitess|planetscale/i.test(text)) return 'vitess';
  return /mariadb/i.test(text) ? 'mariadb' : 'mysql';
}

function hostingOf(variables: Variables): 'aurora' | 'rds' | undefined {
  if (variables.text('aurora_version') !== undefined) return 'aurora';
  return variables.text('basedir')?.startsWith('/rdsdbbin/') ? 'rds' : undefined;
}

async function readCipher(session: Session): Promise<string | undefined> {
  const [row] = await session.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  return row?.Value || undefined;
}

async function metadataLocksVisible(session: Session, variables: Variables): Promise<boolean> {
  if (!variables.on('performance_schema')) return false;
  try {
    const [row] = await session.rows<{ enabled: string }>(
      `SELECT ENABLED AS enabled FROM performance_schema.setup_instruments WHERE NAME='wait/lock/metadata/sql/mdl'`,
    );
    return row?.enabled === 'YES';
  } catch {
    return false; // no right to look: the same as not being able to see
  }
}

/** The binlog settings that gh-ost, and the truth of its copy, depend on. */
interface BinlogFacts {
  enabled: boolean;
  /** `ROW`, `STATEMENT`, `MIXED` */
  format?: string;
  /** `FULL`, `MINIMAL`, `NOBLOB` */
  rowImage?: string;
  /** Updates of JSON written as differences: gh-ost cannot read them. */
  partialJson: boolean;
  /** Transactions written compressed: gh-ost waits for ever. */
  compressed: boolean;
  /** gtid_mode=ON (MySQL). */
  gtid: boolean;
  /** A replica writes to its own binlog what it applies. */
  logReplicaUpdates: boolean;
}

function readBinlog(variables: Variables): BinlogFacts {
  const format = variables.text('binlog_format') ?? (variables.on('log_bin') ? 'ROW' : undefined);
  const rowImage = variables.text('binlog_row_image');
  return {
    enabled: variables.on('log_bin'),
    ...(format !== undefined && { format: format.toUpperCase() }),
    ...(rowImage !== undefined && { rowImage: rowImage.toUpperCase() }),
    partialJson: (variables.text('binlog_row_value_options') ?? '').toUpperCase().includes('PARTIAL_JSON'),
    compressed: variables.on('binlog_transaction_compression') || variables.on('log_bin_compress'),
    gtid: variables.text('gtid_mode') === 'ON',
    logReplicaUpdates: variables.on('log_replica_updates') || variables.on('log_slave_updates'),
  };
}
