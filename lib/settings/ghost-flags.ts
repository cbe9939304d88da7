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

const allowed = new Map<string, Value>([
  ...named(
    'switch',
    `aliyun-rds allow-master-master allow-setup-metadata-lock-instruments allow-zero-in-date
    analyze-ghost-table-before-cutover azure concurrent-rowcount cut-over-exponential-backoff exact-rowcount
    gcp ignore-http-errors skip-metadata-lock-check skip-port-validation tungsten`,
  ),
  ...named(
    'number',
    `binlogsyncer-max-reconnect-attempts checkpoint-seconds critical-load-hibernate-seconds
    critical-load-interval-millis default-retries exponential-backoff-max-interval heartbeat-interval-millis
    mysql-timeout nice-ratio runtime-metrics-interval throttle-http-interval-millis throttle-http-timeout-millis`,
  ),
  ...named('text', 'assume-master-host statsd-addr statsd-tags throttle-flag-file throttle-http'),
]);

function named<const T extends string>(value: T, names: string): [string, T][] {
  return names.split(/\s+/).map((name) => [name, value]);
}

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

/** Flags that alterwise spells itself, with the option to use if there is one. */
const ours = new Map<string, string>([
  ...named(
    '',
    `allow-on-master approve-renamed-columns assume-rbr checkpoint conf execute force-named-cut-over
    force-named-panic force-table-names gtid initially-drop-socket-file ok-to-drop-table panic-on-warnings
    postpone-cut-over-flag-file replica-server-id serve-socket-file throttle-additional-flag-file
    timestamp-old-table`,
  ),
  ...Object.entries({
    alter: '--alter',
    'chunk-size': '--chunk-size',
    'critical-load': '--critical-load',
    'cut-over-lock-timeout-seconds': '--cut-over-lock-timeout',
    database: '--database',
    'dml-batch-size': '--dml-batch-size',
    host: '--host',
    'max-lag-millis': '--max-lag',
    'max-load': '--max-load',
    port: '--port',
    quiet: '--quiet',
    ssl: '--ssl-mode',
    'ssl-allow-insecure': '--ssl-mode',
    'ssl-ca': '--ssl-ca',
    'ssl-cert': '--ssl-cert',
    'ssl-key': '--ssl-key',
    table: '--table',
    'throttle-control-replicas': '--throttle-replica',
    'throttle-query': '--throttle-query',
    user: '--user',
    verbose: '--verbose',
  }),
]);

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
