import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Fault } from '../../lib/fault.js';
import { type LoadedSettings, loadSettings, type SettingsInput } from '../../lib/settings/load.js';
import { Secret } from '../../lib/settings/secret.js';
import { assertSchema } from '../fixtures/schemas.js';
import { nothingWasChanged } from '../support/texts.js';

const nowhere = '/nonexistent';

async function load(input: Partial<SettingsInput>): Promise<LoadedSettings> {
  return await loadSettings({ flags: {}, env: {}, cwd: nowhere, home: nowhere, ...input });
}

async function faultOf(t: Test, input: Partial<SettingsInput>): Promise<string> {
  const error = await load(input).catch((caught: unknown) => caught);
  if (!(error instanceof Fault)) throw new Error(`expected a Fault, got ${error}`);
  t.match(error, { id: 'settings', exitCode: 2, state: nothingWasChanged });
  return error.message;
}

t.test('without anything, the defaults hold', async (t) => {
  const { settings, warnings } = await load({ flags: { user: 'me' } });
  t.strictSame(settings, {
    connection: { host: '127.0.0.1', port: 3306, user: 'me', tls: { mode: 'preferred' } },
    strategy: 'auto',
    lockWaitTimeoutSeconds: 2,
    lockBudgetMs: 30_000,
    stallBudgetMs: 1000,
    probe: 'auto',
    ghost: {
      flags: [],
      maxLagMs: 1500,
      rehearse: 'auto',
      checksum: 'auto',
      cutOverLockTimeoutSeconds: 2,
    },
    cutOver: { when: 'auto', stallTotalMs: 10_000 },
    killBlockers: { spareRows: 1_000 },
    checks: { timeMs: 60_000, accept: [], forecast: 'sample' },
    review: { rows: 500_000, planMaxAgeMs: 86_400_000 },
    keepOldTableMs: 86_400_000,
    stateDir: join(nowhere, '.local', 'state', 'alterwise'),
    format: 'text',
    progress: 'auto',
    verbosity: 'normal',
    color: true,
  });
  t.strictSame(warnings, []);
  t.ok(Object.isFrozen(settings) && Object.isFrozen(settings.ghost.flags));
});

t.test('flag, environment, config file, option file: the first wins, and says where it was', async (t) => {
  const cwd = t.testdir({
    'alterwise.config.json': JSON.stringify({ host: 'config', port: 3303, database: 'config' }),
    '.my.cnf': '[client]\nhost=client\nuser=client\n[alterwise]\nuser=own\nlock-budget=5s\n[mysqld]\nport=1',
  });
  const { settings, origins } = await load({
    flags: { host: 'flag' },
    env: { ALTERWISE_HOST: 'environment', ALTERWISE_PORT: '3302' },
    cwd,
    home: cwd,
  });
  t.match(settings.connection, { host: 'flag', port: 3302, database: 'config', user: 'own' });
  t.equal(settings.lockBudgetMs, 5000);
  t.match(Object.fromEntries(origins), {
    host: 'flag --host',
    port: 'environment ALTERWISE_PORT',
    database: 'alterwise.config.json',
    user: join(cwd, '.my.cnf [alterwise]'),
    strategy: 'default',
  });
});

t.test('a DSN stands just behind the source that it came from', async (t) => {
  const { settings } = await load({
    flags: { dsn: 'mysql://u@dsn:3307/shop?ssl-mode=VERIFY_CA', host: 'flag' },
    env: { ALTERWISE_PORT: '1', ALTERWISE_PASSWORD: 'p' },
  });
  t.match(settings.connection, { host: 'flag', port: 3307, database: 'shop', tls: { mode: 'verify-ca' } });
  t.equal(settings.connection.password?.reveal(), 'p');
});

t.test('a socket does not win over a host that was asked for more loudly', async (t) => {
  const home = t.testdir({ '.my.cnf': '[client]\nsocket=/run/mysqld.sock\nhost=client' });
  t.equal((await load({ home })).settings.connection.socketPath, '/run/mysqld.sock');
  t.notOk('socketPath' in (await load({ home, flags: { host: 'h' } })).settings.connection);
  const both = await load({ flags: { host: 'h', socket: '/s' } });
  t.equal(both.settings.connection.socketPath, '/s');
});

t.test('--quiet and --verbose: the louder source wins, one source cannot say both', async (t) => {
  t.equal(
    (await load({ flags: { quiet: true }, env: { ALTERWISE_VERBOSE: '1' } })).settings.verbosity,
    'quiet',
  );
  t.equal(
    (await load({ flags: { verbose: true }, env: { ALTERWISE_QUIET: '1' } })).settings.verbosity,
    'verbose',
  );
  t.match(await faultOf(t, { flags: { quiet: true, verbose: true } }), '--quiet: expected without --verbose');
});

t.test('a password that is asked for wins', async (t) => {
  const asked = await load({
    flags: { 'ask-password': true, user: 'u' },
    env: { ALTERWISE_PASSWORD: 'old' },
    askPassword: async (prompt) => new Secret(`for ${prompt}`),
  });
  t.equal(asked.settings.connection.password?.reveal(), 'for Password of u@127.0.0.1: ');
  t.match(await faultOf(t, { flags: { 'ask-password': true } }), 'expected a terminal');
});

t.test('warnings stop nothing', async (t) => {
  const dir = t.testdir({
    home: { '.my.cnf': '[client]\n!include /etc/other.cnf\nhost=client' },
    open: { '.my.cnf': '[client]\nhost=client' },
  });
  const [home, open] = [join(dir, 'home'), join(dir, 'open')];
  await chmod(join(open, '.my.cnf'), 0o666);
  const cases: [Partial<SettingsInput>, string | RegExp][] = [
    [{ flags: { dsn: 'mysql://u:secret@h/db' } }, /password in --dsn is visible/],
    [{ env: { DATABASE_URL: 'postgres://h/db' } }, 'DATABASE_URL is not a mysql:// URL and was not used.'],
    [{ env: { DATABASE_URL: 'mysql://h/db?connection_limit=5' } }, /parameter connection_limit was not used/],
    [{ env: { ALTERWISE_LOCK_BUGDET: '1s' } }, /did you mean ALTERWISE_LOCK_BUDGET\?/],
    [{ home }, /!include \/etc\/other\.cnf is not supported/],
    [{ home: open }, /was not read: everyone may write to it/],
  ];
  for (const [input, warning] of cases) {
    const { warnings, settings } = await load(input);
    t.equal(warnings.length, 1);
    t.match(warnings[0], warning);
    t.equal(settings.connection.port, 3306);
  }
  t.strictSame((await load({ env: { ALTERWISE_SANDBOX_URL: 'x', ALTERWISE_HOST: '' } })).warnings, []);
});

t.test('each fault names the option, what was expected and what was got', async (t) => {
  const cases: [Partial<SettingsInput>, RegExp][] = [
    [{ flags: { 'lock-budget': ['1s', '2s'] } }, /^--lock-budget: expected once, got 2 times$/],
    [
      { flags: { 'lock-bugdet': '1s' } },
      /^--lock-bugdet is not an option here; did you mean --lock-budget\?$/,
    ],
    [{ flags: { password: 'x' } }, /^--password is not .* use ALTERWISE_PASSWORD/],
    [{ flags: { host: 'h' }, accepted: ['port'] }, /^--host is not an option here/],
    [{ flags: { host: '' } }, /^--host: expected the name or address of the server; got nothing$/],
    [{ flags: { port: '0' } }, /^--port: expected a whole number from 1 to 65535; got "0"$/],
    [{ env: { ALTERWISE_PORT: '3.5' } }, /^ALTERWISE_PORT: expected a whole number/],
    [{ flags: { 'lock-wait-timeout': '2s' } }, /^--lock-wait-timeout: expected a whole number/],
    [{ flags: { 'max-lag': '5' } }, /^--max-lag: expected a duration such as 500ms, 30s, 10m or 2h/],
    [
      { flags: { 'lock-budget': '1s' } },
      /^--lock-budget: expected at least one --lock-wait-timeout \(2s\), got 1s$/,
    ],
    [{ flags: { strategy: 'ghost' } }, /^--strategy: expected one of auto, direct, gh-ost; got "ghost"$/],
    [{ flags: { 'max-load': 'Threads_running' } }, /^--max-load: expected status variables with a limit/],
    [
      { flags: { 'throttle-replica': ['a:1', 'b'] } },
      /^--throttle-replica: expected host:port, or none each/,
    ],
    [{ flags: { 'cut-over-lock-timeout': '11' } }, /from 1 to 10; got "11"/],
    [
      { flags: { 'cut-over-lock-timeout': '6' } },
      /^--stall-budget-total: expected at least twice --cut-over-lock-timeout \(12s\), got 10s$/,
    ],
    [
      { flags: { 'cut-over-window': '2-5' } },
      /^--cut-over-window: expected a part of the day such as 02:00-05/,
    ],
    [{ flags: { 'cut-over-window': '02:00-02:00' } }, /whose two ends differ; got "02:00-02:00"$/],
    [{ flags: { 'cut-over-window': '24:00-00:00' } }, /whose two ends differ/],
    [{ flags: { 'cut-over-window': '23:00-24:01' } }, /expected a part of the day/],
    [{ flags: { 'cut-over-window': '02:00-05:00 Mars/Olympus' } }, /expected a time zone such as UTC/],
    [{ flags: { 'cut-over': 'later' } }, /^--cut-over: expected one of auto, manual; got "later"$/],
    [{ flags: { probe: 'scratch' } }, /--probe=scratch: expected --scratch-schema with it/],
    [{ flags: { 'ssl-cert': 'load.test.ts' } }, /--ssl-cert and --ssl-key: expected both or neither/],
    [{ flags: { 'ssl-ca': 'absent.pem' } }, /--ssl-ca: expected a file that can be read, got absent\.pem/],
    [{ flags: { out: 'absent/plan.json' } }, /--out: expected a file in a folder that can be written to/],
    [{ flags: { config: 'absent.json' } }, /absent\.json: cannot be read/],
    [{ flags: { 'defaults-file': 'absent.cnf' } }, /--defaults-file: expected a file that can be read/],
    [{ env: { ALTERWISE_VERBOSE: 'maybe' } }, /^ALTERWISE_VERBOSE: expected true or false; got "maybe"$/],
  ];
  for (const [input, message] of cases) t.match(await faultOf(t, input), message);
});

t.test('nobody believes in a dry run that would be none', async (t) => {
  const env = { ALTERWISE_DRY_RUN: '1' };
  t.match(await faultOf(t, { env }), /ALTERWISE_DRY_RUN is not read: --dry-run/);
  await t.resolves(load({ env: { ALTERWISE_DRY_RUN: 'false' } }));
  await t.resolves(load({ env, accepted: ['state-dir', 'format'] }), 'to abort a run it is no hindrance');
});

t.test('all faults come together, secrets masked', async (t) => {
  const message = await faultOf(t, {
    flags: { port: 'x', dsn: 'mysql://u:secret@h:99999/db' },
    env: { ALTERWISE_MAX_LAG: 'soon' },
  });
  t.match(message, /^3 settings are wrong:\n/);
  t.match(message, 'mysql://u:***@h:99999/db');
  t.notMatch(message, 'secret');
});

t.test('config files', async (t) => {
  const cwd = t.testdir({
    'good.mjs': 'export default { lockBudget: "5s", throttleReplica: ["a:1"], noColor: true, port: 3307 }',
    'typed.ts': 'export default { lockBudget: "6s" satisfies string }',
    'unknown.json': '{ "lockBugdet": "5s", "askPassword": true }',
    'broken.json': '{ "host": ',
    'list.json': '[]',
    'throws.mjs': 'throw new Error("sorry")',
  });
  const good = await load({ cwd, flags: { config: 'good.mjs' } });
  const named = { $schema: 'config.schema.json', lockBudget: '5s', throttleReplica: ['a:1'], port: 3307 };
  assertSchema(t, 'config', named);
  await writeFile(join(cwd, 'named.json'), JSON.stringify(named));
  t.match((await load({ cwd, flags: { config: 'named.json' } })).settings.connection, { port: 3307 });
  t.match(good.settings, { lockBudgetMs: 5000, color: false, ghost: { throttleReplicas: ['a:1'] } });
  const none = await load({ cwd, flags: { 'throttle-replica': ['none'] } });
  t.same(none.settings.ghost.throttleReplicas, [], 'no replica counts');
  t.equal((await load({ cwd, flags: { config: 'typed.ts' } })).settings.lockBudgetMs, 6000);
  const cases: [string, RegExp][] = [
    ['unknown.json', /lockBugdet \(unknown\.json\) is not an option; did you mean lockBudget\?/],
    ['unknown.json', /askPassword \(unknown\.json\) is not an option/],
    ['broken.json', /broken\.json: is not valid/],
    ['list.json', /list\.json: expected an object with options/],
    ['throws.mjs', /failed while it was read \(sorry\)/],
  ];
  for (const [config, message] of cases) t.match(await faultOf(t, { cwd, flags: { config } }), message);
  await writeFile(join(cwd, 'alterwise.config.json'), '{}');
  await writeFile(join(cwd, 'alterwise.config.mjs'), '');
  t.match(await faultOf(t, { cwd }), 'alterwise.config.json and alterwise.config.mjs: expected one of them');
});

t.test('the window for the swap always has a time zone', async (t) => {
  const windowOf = async (text: string) => {
    const { settings } = await load({ flags: { 'cut-over-window': text } });
    return settings.cutOver.window;
  };
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  t.strictSame(await windowOf('02:00-5:30'), { fromMinute: 120, toMinute: 330, timeZone: here });
  const berlin = { fromMinute: 1_350, toMinute: 0, timeZone: 'Europe/Berlin' };
  t.strictSame(await windowOf(' 22:30 - 24:00  europe/berlin '), berlin);
});

t.test('TLS: files are absolute, an authority means that it is checked', async (t) => {
  const cwd = t.testdir({ 'ca.pem': '', 'c.pem': '', 'k.pem': '' });
  const flags = { 'ssl-ca': 'ca.pem', 'ssl-cert': 'c.pem', 'ssl-key': 'k.pem' };
  const { settings } = await load({ cwd, flags });
  const [ca, cert, key] = ['ca.pem', 'c.pem', 'k.pem'].map((name) => join(cwd, name));
  t.strictSame(settings.connection.tls, { mode: 'verify-ca', ca, cert, key });
});

t.test('the binary: a path is absolute, a bare name stays one', async (t) => {
  const cases = [
    ['bin/gh-ost', join(nowhere, 'bin/gh-ost')],
    ['gh-ost-1.1.11', 'gh-ost-1.1.11'],
  ] as const;
  for (const [given, wanted] of cases) {
    t.equal((await load({ env: { GH_OST: given } })).settings.ghost.path, wanted);
  }
});
