import t from 'tap';
import type { OptionalFlag } from '../../../../lib/engines/gh-ost/binary/find.js';
import { installGhost } from '../../../../lib/engines/gh-ost/binary/install.js';
import { type GhostArguments, ghostArguments } from '../../../../lib/engines/gh-ost/process/arguments.js';
import { runProgram } from '../../../../lib/util/child-process.js';

const all: OptionalFlag[] = [
  'binlogsyncer-max-reconnect-attempts',
  'checkpoint',
  'gtid',
  'panic-on-warnings',
  'skip-port-validation',
];

const base: GhostArguments = {
  table: { schema: 'shop', name: 'orders' },
  spec: 'ADD COLUMN note INT',
  host: 'db1',
  port: 3306,
  paths: { conf: '/r/conf', socket: '/r/sock', postponeFlag: '/r/postpone', throttleFlag: '/r/throttle' },
  settings: {
    flags: [],
    maxLagMs: 1500,
    rehearse: 'auto',
    checksum: 'auto',
    cutOverLockTimeoutSeconds: 2,
  },
  throttleReplicas: [],
  tls: { mode: 'disabled' },
  capabilities: { flags: new Set(all) },
  replicaServerId: 4_000_000_001,
  server: { gtid: false, isReplica: false, port: 3306, offersTls: true },
};

function flagsOf(over: Partial<GhostArguments>): string[] {
  return ghostArguments({ ...base, ...over });
}

t.test('the whole of it', async (t) => {
  t.same(ghostArguments(base), [
    '--conf=/r/conf',
    '--host=db1',
    '--port=3306',
    '--database=shop',
    '--table=orders',
    '--alter=ADD COLUMN note INT',
    '--execute=true',
    '--verbose=true',
    '--serve-socket-file=/r/sock',
    '--initially-drop-socket-file=true',
    '--postpone-cut-over-flag-file=/r/postpone',
    '--throttle-additional-flag-file=/r/throttle',
    '--panic-on-warnings=true',
    '--replica-server-id=4000000001',
    '--timestamp-old-table=true',
    '--cut-over-lock-timeout-seconds=2',
    '--default-retries=120',
    '--binlogsyncer-max-reconnect-attempts=30',
    '--mysql-timeout=120',
    '--chunk-size=2000',
    '--dml-batch-size=100',
    '--max-lag-millis=1500',
    '--assume-rbr=true',
    '--allow-on-master=true',
  ]);
});

const settings = (over: Partial<GhostArguments['settings']>) => ({ settings: { ...base.settings, ...over } });
const server = (over: Partial<GhostArguments['server']>) => ({ server: { ...base.server, ...over } });

const cases: readonly [name: string, over: Partial<GhostArguments>, more: string[]][] = [
  ['a column that gets another name', { spec: 'CHANGE a b INT' }, ['--approve-renamed-columns=true']],
  ['another type only', { spec: 'CHANGE a a BIGINT' }, []],
  ['GTIDs', server({ gtid: true }), ['--gtid=true', '--checkpoint=true', '--checkpoint-seconds=30']],
  ['a writable replica', server({ isReplica: true }), ['--assume-master-host=db1:3306']],
  [
    'a writable replica by its IPv6 address',
    { ...server({ isReplica: true }), host: '::1' },
    ['--assume-master-host=[::1]:3306'],
  ],
  ['a proxy in front', server({ port: 3307 }), ['--skip-port-validation=true']],
  [
    'what slows it down',
    {
      ...settings({
        maxLagMs: 20,
        maxLoad: 'Threads_running=50',
        criticalLoad: 'Threads_running=500',
        throttleQuery: 'SELECT 0',
      }),
      throttleReplicas: ['r1:3306', 'r2:3307'],
    },
    [
      '--max-lag-millis=100',
      '--max-load=Threads_running=50',
      '--critical-load=Threads_running=500',
      '--throttle-query=SELECT 0',
      '--throttle-control-replicas=r1:3306,r2:3307',
    ],
  ],
  ['sizes', settings({ chunkSize: 500, dmlBatchSize: 10 }), ['--chunk-size=500', '--dml-batch-size=10']],
  ['extra flags', settings({ flags: ['--nice-ratio=1'] }), ['--nice-ratio=1']],
  ['TLS if there is', { tls: { mode: 'preferred' } }, ['--ssl=true', '--ssl-allow-insecure=true']],
  ['TLS if there is, and there is none', { tls: { mode: 'preferred' }, ...server({ offersTls: false }) }, []],
  ['TLS', { tls: { mode: 'required' } }, ['--ssl=true', '--ssl-allow-insecure=true']],
  ['TLS with a CA', { tls: { mode: 'verify-ca', ca: '/ca' } }, ['--ssl=true', '--ssl-ca=/ca']],
  [
    'TLS with everything',
    { tls: { mode: 'verify-identity', ca: '/ca', cert: '/cert', key: '/key' } },
    ['--ssl=true', '--ssl-ca=/ca', '--ssl-cert=/cert', '--ssl-key=/key'],
  ],
];

for (const [name, over, more] of cases) {
  t.test(name, async (t) => {
    const usual = ghostArguments(base);
    t.same(
      flagsOf(over).filter(
        (flag) => !usual.includes(flag) && !flag.startsWith('--alter=') && !flag.startsWith('--host='),
      ),
      more,
    );
  });
}

t.test('extra flags come last', async (t) => {
  t.equal(flagsOf(settings({ flags: ['--default-retries=5'] })).at(-1), '--default-retries=5');
});

t.test('a count of all rows may take its time', async (t) => {
  const flags = flagsOf(settings({ flags: ['--exact-rowcount=true'] }));
  t.notOk(flags.some((flag) => flag.startsWith('--mysql-timeout')));
});

t.test('an old binary gets no flag that it does not know', async (t) => {
  const flags = flagsOf({
    capabilities: { flags: new Set() },
    ...server({ gtid: true, port: 1 }),
  });
  for (const flag of all.filter((name) => name !== 'panic-on-warnings')) {
    t.notOk(
      flags.some((argument) => argument.startsWith(`--${flag}`)),
      flag,
    );
  }
});

t.test('never', async (t) => {
  const never =
    /^--(serve-tcp-port|password|ask-pass|cut-over=|skip-foreign-key-checks|allow-nullable|discard|switch-to-rbr|attempt-instant|initially-drop-(old|ghost)|skip-renamed|charset|ok-to-drop)/;
  for (const [, over] of cases) t.notOk(flagsOf(over).some((flag) => never.test(flag)));
});

t.test('the real one knows all of them', async (t) => {
  const { path } = await installGhost();
  for (const [name, over] of cases) {
    const { code } = await runProgram(path, ['--check-flag=true', ...flagsOf(over)], { timeoutMs: 5_000 });
    t.equal(code, 0, name);
  }
});
