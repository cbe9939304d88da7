import { type GhostSettings, type TlsSettings, usualChunkSize } from '../../../settings/settings.js';
import type { TableName } from '../../../sql/names.js';
import { readAsGhost } from '../assess/statement.js';
import type { Capabilities, OptionalFlag } from '../binary/find.js';

export interface GhostArguments {
  table: TableName;
  /** What follows `ALTER TABLE t `; `obstacles` has looked at it. */
  spec: string;
  host: string;
  port: number;
  paths: { conf: string; socket: string; postponeFlag: string; throttleFlag: string };
  settings: GhostSettings;
  /** Whose lag pauses the row copy, `host:port` each. */
  throttleReplicas: readonly string[];
  tls: TlsSettings;
  capabilities: Pick<Capabilities, 'flags'>;
  /** Unique among everything that reads this server's binlog. */
  replicaServerId: number;
  server: ServerForGhost;
  /** The old table that is put back. */
  revertTo?: string;
  /** Resumes from the last checkpoint of an earlier one. */
  resumes?: boolean;
}

interface ServerForGhost {
  /** gtid_mode=ON. */
  gtid: boolean;
  /** It follows another server and is written to all the same: gh-ost would go and work on that other one. */
  isReplica?: boolean;
  /** The port that the server itself thinks it has; another one where a proxy stands in front. */
  port?: number;
  /** The server offers TLS: decides what `preferred` means. */
  offersTls: boolean;
}

/** Rows of the application's changes that are applied at a time: more than gh-ost's own 10, which falls behind (measured). */
export const usualDmlBatchSize = 100;

/**
 * The whole command line of a run. Each flag is `--name=value`: a value after a space would end the reading of a
 * switch's followers in silence. No secret is in it. What a person gave with --gh-ost-flag comes last, and wins.
 */
export function ghostArguments(input: GhostArguments): string[] {
  const flags: Flags = {
    ...whatAndWhere(input),
    ...howSafely(input),
    ...howFast(input.settings, input.throttleReplicas),
    ...throughTls(input.tls, input.server.offersTls),
    ...onWhatServer(input),
  };
  const own = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [`--${name}=${value}`],
  );
  return [...own, ...input.settings.flags];
}

type Flags = Record<string, string | number | boolean | undefined>;

function whatAndWhere({ table, spec, host, port, paths, revertTo }: GhostArguments): Flags {
  return {
    conf: paths.conf,
    host,
    port,
    database: table.schema,
    table: table.name,
    alter: revertTo === undefined ? spec : undefined,
    revert: revertTo !== undefined,
    'old-table': revertTo,
    execute: true,
    verbose: true,
    'serve-socket-file': paths.socket,
    'initially-drop-socket-file': true,
    'postpone-cut-over-flag-file': paths.postponeFlag,
    // By default a file in /tmp that is shared by every gh-ost of the machine.
    'throttle-additional-flag-file': paths.throttleFlag,
  };
}

/**
 * Retries bound how long an outage may last (a heartbeat is tried ten times a second) and how often the cut-over is
 * tried; alterwise ends a series of cut-overs earlier, by the postpone flag.
 */
function howSafely({
  spec,
  settings,
  replicaServerId,
  capabilities,
  server,
  resumes,
}: GhostArguments): Flags {
  const can = (flag: OptionalFlag) => capabilities.flags.has(flag);
  const checkpoints = server.gtid && can('gtid') && can('checkpoint');
  return {
    'panic-on-warnings': true,
    'replica-server-id': replicaServerId,
    'approve-renamed-columns': readAsGhost(spec).renames.size > 0,
    // `_t_del` may exist.
    'timestamp-old-table': true,
    'cut-over-lock-timeout-seconds': settings.cutOverLockTimeoutSeconds,
    'default-retries': 120,
    'binlogsyncer-max-reconnect-attempts': can('binlogsyncer-max-reconnect-attempts') ? 30 : undefined,
    // Without it a dead host is waited for without end. It limits each query: a count of all rows needs longer.
    'mysql-timeout': settings.flags.includes('--exact-rowcount=true') ? undefined : 120,
    gtid: checkpoints,
    checkpoint: checkpoints,
    // So much of a copy is lost when gh-ost or alterwise dies.
    'checkpoint-seconds': checkpoints ? 30 : undefined,
    resume: resumes,
  };
}

/** Chunks of 2000 and batches of 100 are where throughput stops growing and latency has not begun to. */
function howFast(settings: GhostSettings, throttleReplicas: readonly string[]): Flags {
  return {
    'chunk-size': settings.chunkSize ?? usualChunkSize,
    'dml-batch-size': settings.dmlBatchSize ?? usualDmlBatchSize,
    'max-lag-millis': Math.max(100, settings.maxLagMs),
    'max-load': settings.maxLoad,
    'critical-load': settings.criticalLoad,
    'throttle-query': settings.throttleQuery,
    'throttle-control-replicas': throttleReplicas.join(',') || undefined,
  };
}

/** gh-ost verifies chain and name, or nothing: `verify-ca` becomes the stricter one. */
function throughTls({ mode, ca, cert, key }: TlsSettings, offersTls: boolean): Flags {
  if (mode === 'disabled' || (mode === 'preferred' && !offersTls)) return {};
  return {
    ssl: true,
    'ssl-allow-insecure': mode === 'preferred' || mode === 'required',
    'ssl-ca': ca,
    'ssl-cert': cert,
    'ssl-key': key,
  };
}

function onWhatServer({ host, port, capabilities, server }: GhostArguments): Flags {
  return {
    'assume-rbr': true,
    'allow-on-master': true,
    'assume-master-host':
      server.isReplica === true ? `${host.includes(':') ? `[${host}]` : host}:${port}` : undefined,
    'skip-port-validation':
      server.port !== undefined && server.port !== port && capabilities.flags.has('skip-port-validation'),
  };
}
