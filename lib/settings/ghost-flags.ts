import { didYouMean } from '../text/nearest.js';
import type { Kind, Parsed } from './kinds.js';

const pattern = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/s;

/** An extra flag for gh-ost as `--name=value`: from an allow-list, because gh-ost has flags that lose data. */
export const ghostFlag: Kind<string> = {
  placeholder: '--NAME=VALUE',
  shape: { type: 'text', pattern },
  parse: parseGhostFlag,
  write: String,
};

type Value = 'switch' | 'number' | 'text';

const allowed = new Map<string, Value>(
  Object.entries({
    'aliyun-rds': 'switch',
    'allow-master-master': 'switch',
    'allow-setup-metadata-lock-instruments': 'switch',
    'allow-zero-in-date': 'switch',
    'analyze-ghost-table-before-cutover': 'switch',
    'assume-master-host': 'text',
    azure: 'switch',
    'binlogsyncer-max-reconnect-attempts': 'number',
    'checkpoint-seconds': 'number',
    'concurrent-rowcount': 'switch',
    'critical-load-hibernate-seconds': 'number',
    'critical-load-interval-millis': 'number',
    'cut-over-exponential-backoff': 'switch',
    'default-retries': 'number',
    'exact-rowcount': 'switch',
    'exponential-backoff-max-interval': 'number',
    gcp: 'switch',
    'heartbeat-interval-millis': 'number',
    'ignore-http-errors': 'switch',
    'mysql-timeout': 'number',
    'nice-ratio': 'number',
    'runtime-metrics-interval': 'number',
    'skip-metadata-lock-check': 'switch',
    'skip-port-validation': 'switch',
    'statsd-addr': 'text',
    'statsd-tags': 'text',
    'throttle-flag-file': 'text',
    'throttle-http': 'text',
    'throttle-http-interval-millis': 'number',
    'throttle-http-timeout-millis': 'number',
    tungsten: 'switch',
  } as const),
);

const visible = 'a password in the arguments is visible to everyone on the machine';
const notThisWay = 'alterwise runs gh-ost in one way only: against the primary, for real';

const dangerous = new Map(
  Object.entries({
    'allow-nullable-unique-key': 'rows with NULL in the key may be lost or doubled',
    'ask-pass': 'gh-ost has no terminal to ask on',
    'attempt-instant-ddl':
      'alterwise tries INSTANT itself, under a bounded lock; gh-ost leaves tables behind',
    charset: 'its value is pasted into the DSN of gh-ost',
    'cut-over': 'the two-step cut-over leaves a moment without any table',
    debug: 'its output may show row values',
    'discard-foreign-keys': 'the new table would have no foreign keys',
    'hooks-path': 'hooks inherit the environment of gh-ost, the password included',
    'initially-drop-ghost-table': 'it may be the table of another migration that is running',
    'initially-drop-old-table': 'it may be the only copy of your data',
    'master-password': visible,
    'migrate-on-replica': notThisWay,
    noop: notThisWay,
    'panic-flag-file': 'gh-ost would end without cleaning up; stop alterwise instead',
    password: visible,
    resume: notThisWay,
    revert: notThisWay,
    'serve-tcp-port': 'anyone who reaches the port could control the migration',
    'skip-foreign-key-checks': 'foreign keys of other tables would keep referencing the old table',
    'skip-renamed-columns': 'the data of renamed columns would not be copied',
    'skip-strict-mode': 'values that do not fit would be cut off in silence',
    'switch-to-rbr': 'it changes the binary log format of the server and restarts replication',
    'test-on-replica': notThisWay,
  }),
);

/** Flags that alterwise spells itself, with the option to use where there is one. */
const ours = new Map(
  Object.entries({
    'allow-on-master': '',
    alter: '--alter',
    'approve-renamed-columns': '',
    'assume-rbr': '',
    checkpoint: '',
    'chunk-size': '--chunk-size',
    conf: '',
    'critical-load': '--critical-load',
    'cut-over-lock-timeout-seconds': '--cut-over-lock-timeout',
    database: '--database',
    'dml-batch-size': '--dml-batch-size',
    execute: '',
    'force-named-cut-over': '',
    'force-named-panic': '',
    'force-table-names': '',
    gtid: '',
    host: '--host',
    'initially-drop-socket-file': '',
    'max-lag-millis': '--max-lag',
    'max-load': '--max-load',
    'ok-to-drop-table': '',
    'panic-on-warnings': '',
    port: '--port',
    'postpone-cut-over-flag-file': '',
    quiet: '--quiet',
    'replica-server-id': '',
    'serve-socket-file': '',
    ssl: '--ssl-mode',
    'ssl-allow-insecure': '--ssl-mode',
    'ssl-ca': '--ssl-ca',
    'ssl-cert': '--ssl-cert',
    'ssl-key': '--ssl-key',
    table: '--table',
    'throttle-additional-flag-file': '',
    'throttle-control-replicas': '--throttle-replica',
    'throttle-query': '--throttle-query',
    'timestamp-old-table': '',
    user: '--user',
    verbose: '--verbose',
  }),
);

const values: Readonly<Record<Value, { fits: RegExp; example: string }>> = {
  switch: { fits: /^(true|false)$/, example: 'true' },
  number: { fits: /^\d+(\.\d+)?$/, example: '10' },
  text: { fits: /^\S/, example: 'text' },
};

function parseGhostFlag(raw: unknown): Parsed<string> {
  const [, name, value] = pattern.exec(String(raw)) ?? [];
  if (name === undefined) return { expected: 'a flag of gh-ost as --name=value' };
  const danger = dangerous.get(name);
  if (danger !== undefined) return { expected: `no --${name}: ${danger}` };
  const own = ours.get(name);
  if (own !== undefined)
    return { expected: `no --${name}: alterwise sets it${own && `, from its own ${own}`}` };
  const takes = allowed.get(name);
  if (!takes) {
    const hint = didYouMean(name, allowed.keys(), '--');
    return { expected: `a flag that alterwise lets through to gh-ost${hint}` };
  }
  // gh-ost reads `--flag value` as a switch and drops every flag that follows: always `=`.
  const written = value ?? (takes === 'switch' ? 'true' : '');
  const { fits, example } = values[takes];
  return fits.test(written)
    ? { value: `--${name}=${written}` }
    : { expected: `--${name}=VALUE, such as --${name}=${example}` };
}
