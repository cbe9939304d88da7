import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { unlessRefused } from '../mysql/errors.js';
import { metadataLocks } from '../mysql/instruments.js';
import type { Session } from '../mysql/session.js';
import { present } from '../util/present.js';
import { type Flavor, isSupported, type ServerIdentity } from './capabilities.js';
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
  const port = variables.number('port') ?? 3306;
  const [cipher] = await session.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  return present({
    ...identity,
    uuid: variables.text('server_uuid') || undefined,
    host: `${variables.text('hostname') ?? 'unknown'}:${port}`,
    port,
    hosting: hostingOf(variables),
    topology: await readTopology(session, identity, variables),
    binlog: readBinlog(variables),
    metadataLocksVisible: await metadataLocksVisible(session, variables),
    cipher: cipher?.Value || undefined,
    caseSensitiveNames: variables.text('lower_case_table_names') === '0',
  });
}

function hostingOf(variables: Variables): 'aurora' | 'rds' | undefined {
  if (variables.text('aurora_version') !== undefined) return 'aurora';
  return variables.text('basedir')?.startsWith('/rdsdbbin/') ? 'rds' : undefined;
}

async function metadataLocksVisible(session: Session, variables: Variables): Promise<boolean> {
  if (!variables.on('performance_schema')) return false;
  const select = `SELECT ENABLED AS enabled FROM performance_schema.${metadataLocks.table} WHERE NAME=?`;
  const rows = await unlessRefused(session.rows<{ enabled: string }>(select, [metadataLocks.name]));
  return rows?.[0]?.enabled === 'YES';
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
  return present({
    enabled: variables.on('log_bin'),
    format: format?.toUpperCase(),
    rowImage: variables.text('binlog_row_image')?.toUpperCase(),
    partialJson: (variables.text('binlog_row_value_options') ?? '').toUpperCase().includes('PARTIAL_JSON'),
    compressed: variables.on('binlog_transaction_compression') || variables.on('log_bin_compress'),
    gtid: variables.text('gtid_mode') === 'ON',
    logReplicaUpdates: variables.on('log_replica_updates') || variables.on('log_slave_updates'),
  });
}

/**
 * Servers on which alterwise does not work at all.
 * @throws {Fault} exit code 11
 */
export function refuseServer({ flavor, topology, host, version }: ServerFacts): void {
  const refuse = (id: string, text: string, next: string) => {
    throw new Fault(text, { id, exitCode: exitCodes.environment, next });
  };
  const own = onlineDdl[flavor];
  if (own)
    refuse(
      `flavor-${flavor}`,
      `${host} is ${own.name} (${version.text}), which has an online DDL of its own.`,
      own.next,
    );
  if (topology.readOnly) {
    const follows = topology.isReplica ? ' and follows another server' : '';
    refuse('read-only', `${host} is read-only${follows}.`, 'Connect to the primary.');
  }
  if (!isSupported({ flavor, version })) {
    const text = `${host} runs MySQL ${version.text}; alterwise knows 5.7 and up.`;
    refuse('old-server', text, 'Use a newer server.');
  }
}

const onlineDdl: Partial<Record<Flavor, { name: string; next: string }>> = {
  tidb: { name: 'TiDB', next: 'Send the ALTER to it directly: TiDB changes schemas online.' },
  vitess: { name: 'Vitess', next: 'Use ddl_strategy of Vitess.' },
};
