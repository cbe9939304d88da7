import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Session } from '../mysql/session.js';
import { isSupported, type ServerIdentity } from './capabilities.js';
import { readTopology, type Topology } from './topology.js';
import { identityOf, readVariables, type Variables } from './variables.js';

export interface ServerFacts extends ServerIdentity {
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
  /** The cipher of this connection; absent if it is not encrypted. */
  cipher?: string;
  /** Table names that differ in case only are different tables. */
  caseSensitiveNames: boolean;
}

/** What the server is, can do, and how it is set: a handful of statements, none of which touches a table. */
export async function inspectServer(session: Session): Promise<ServerFacts> {
  const variables = await readVariables(session);
  const identity = identityOf(variables);
  const hosting = hostingOf(variables);
  const uuid = variables.text('server_uuid');
  const port = variables.number('port') ?? 3306;
  const cipher = await readCipher(session);
  return {
    ...identity,
    ...(uuid !== undefined && uuid !== '' && { uuid }),
    host: `${variables.text('hostname') ?? 'unknown'}:${port}`,
    port,
    ...(hosting && { hosting }),
    topology: await readTopology(session, identity, variables),
    binlog: readBinlog(variables),
    metadataLocksVisible: await metadataLocksVisible(session, variables),
    ...(cipher !== undefined && { cipher }),
    caseSensitiveNames: variables.text('lower_case_table_names') === '0',
  };
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

/**
 * Servers on which alterwise does not work at all.
 * @throws {Fault} exit code 11
 */
export function refuseServer({ flavor, topology, host, version }: ServerFacts): void {
  if (flavor === 'tidb' || flavor === 'vitess') {
    throw new Fault(
      `${host} is ${flavor === 'tidb' ? 'TiDB' : 'Vitess'} (${version.text}), which has an online DDL of its own.`,
      {
        id: `flavor-${flavor}`,
        exitCode: exitCodes.environment,
        next:
          flavor === 'tidb'
            ? 'Send the ALTER to it directly: TiDB changes schemas online.'
            : 'Use ddl_strategy of Vitess.',
      },
    );
  }
  if (topology.readOnly) {
    throw new Fault(`${host} is read-only${topology.isReplica ? ' and follows another server' : ''}.`, {
      id: 'read-only',
      exitCode: exitCodes.environment,
      next: 'Connect to the primary.',
    });
  }
  if (!isSupported({ flavor, version })) {
    throw new Fault(`${host} runs MySQL ${version.text}; alterwise knows 5.7 and up.`, {
      id: 'old-server',
      exitCode: exitCodes.environment,
      next: 'Use a newer server.',
    });
  }
}
