import t from 'tap';
import { parseOptionFile } from '../../lib/settings/files.js';
import { ghostFlag } from '../../lib/settings/ghost-flags.js';
import { formatDuration, parseDuration } from '../../lib/settings/kinds.js';
import { dsnLayer, type Notes } from '../../lib/settings/layers.js';
import { configKey, environmentName, optionNames, optionOf } from '../../lib/settings/options.js';
import { maskDsn } from '../../lib/settings/secret.js';
import { nearest } from '../../lib/text/nearest.js';

t.test('durations', async (t) => {
  const cases: [string, number | undefined][] = [
    ['500ms', 500],
    ['1.5s', 1500],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['0s', 0],
    ['0', 0],
    ['5', undefined],
    ['-1s', undefined],
    ['1d', undefined],
    ['0.5ms', undefined],
    ['', undefined],
  ];
  for (const [text, ms] of cases) t.equal(parseDuration(text), ms, text);
  for (const text of ['500ms', '30s', '90s', '10m', '2h', '1.5s']) {
    t.equal(formatDuration(parseDuration(text) ?? -1), text);
  }
});

t.test('option files are read as MySQL reads them', async (t) => {
  const file = parseOptionFile(
    [
      '\uFEFF# comment',
      '; comment',
      'host=before-any-group',
      '[client]',
      'user = app   # who',
      'password="a#b;c \\"d\\\\"  # quoted',
      "ssl_ca='/with space/ca.pem'",
      'host=h;not-a-comment',
      'skip-ssl',
      'loose-port=3307',
      'database=',
      '!includedir /etc/mysql/conf.d',
      '[mysqld]',
      'user=mysql',
      '[alterwise]',
      'LOCK_BUDGET=5s',
      'lock-budget=6s',
      "password=it's",
    ].join('\r\n'),
  );
  t.strictSame(Object.fromEntries(file.client), {
    user: 'app',
    password: 'a#b;c "d\\',
    'ssl-ca': '/with space/ca.pem',
    host: 'h;not-a-comment',
    'skip-ssl': '',
    port: '3307',
    database: '',
  });
  t.strictSame(Object.fromEntries(file.alterwise), { 'lock-budget': '6s', password: "it's" });
  t.strictSame(file.directives, ['!includedir /etc/mysql/conf.d']);
});

t.test('a DSN', async (t) => {
  const read = (raw: string) => {
    const notes: Notes = { faults: [], warnings: [] };
    const layer = dsnLayer({ raw, label: '--dsn', origin: 'flag --dsn' }, notes);
    return [Object.fromEntries([...layer].map(([name, { raw }]) => [name, raw])), notes.faults] as const;
  };
  t.strictSame(read('mysql://u%40x:p%2Fw@[::1]:3307/my%20db?ssl_mode=REQUIRED&socket=/tmp/s')[0], {
    user: 'u@x',
    password: 'p/w',
    host: '::1',
    port: '3307',
    database: 'my db',
    'ssl-mode': 'REQUIRED',
    socket: '/tmp/s',
  });
  t.strictSame(read('mariadb://h'), [{ host: 'h' }, []]);
  t.match(read('mysql://h?ssl-mod=x')[1], ['--dsn: ssl-mod is not a parameter; did you mean ssl-mode?']);
  for (const wrong of ['h', 'http://h', 'mysql://u:100%@h/db', 'mysql://u:a/b@h']) {
    t.match(read(wrong)[1], [/^--dsn: expected mysql:/], wrong);
  }
  t.equal(maskDsn('mysql://u:p@ss/w@h/db'), 'mysql://u:***@h/db');
  t.equal(maskDsn('mysql://u@h:1/db'), 'mysql://u@h:1/db');
});

t.test('flags for gh-ost', async (t) => {
  const cases: [string, string | RegExp][] = [
    ['--exact-rowcount', '--exact-rowcount=true'],
    ['-nice-ratio=0.5', '--nice-ratio=0.5'],
    ['--throttle-http=http://a/b=c', '--throttle-http=http://a/b=c'],
    ['--nice-ratio', /^--nice-ratio=VALUE/],
    ['--exact-rowcount=maybe', /^--exact-rowcount=VALUE, such as --exact-rowcount=true$/],
    ['--exact-rowcuont', /did you mean --exact-rowcount\?$/],
    ['--constructor', /^a flag that alterwise lets through/],
    ['--skip-foreign-key-checks', /^no --skip-foreign-key-checks: foreign keys of other tables/],
    ['--initially-drop-old-table=true', /the only copy of your data$/],
    ['--password=x', /visible to everyone/],
    ['--cut-over-lock-timeout-seconds=5', /alterwise sets it, from its own --cut-over-lock-timeout$/],
    ['--execute', /^no --execute: alterwise sets it$/],
    ['exact-rowcount', /^a flag of gh-ost as --name=value$/],
  ];
  for (const [raw, wanted] of cases) {
    const parsed = ghostFlag.parse(raw);
    t.match('value' in parsed ? parsed.value : parsed.expected, wanted, raw);
  }
});

t.test('the table of options', async (t) => {
  t.equal(environmentName('lock-budget'), 'ALTERWISE_LOCK_BUDGET');
  t.equal(configKey('cut-over-lock-timeout'), 'cutOverLockTimeout');
  for (const name of optionNames) {
    const { default: value, kind } = optionOf(name);
    if (value === undefined || typeof value === 'function' || Array.isArray(value)) continue;
    t.strictSame(kind.parse(kind.write(value)), { value }, `the default of --${name} is valid`);
  }
});

t.test('nearest names', async (t) => {
  const names = ['lock-budget', 'lock-wait-timeout', 'stall-budget', 'host', 'port'];
  const cases: [string, string[]][] = [
    ['lock-bugdet', ['lock-budget']],
    ['LOCK_BUDGET', ['lock-budget']],
    ['lock-w', ['lock-wait-timeout']],
    ['prot', ['port']],
    ['zzz', []],
    ['', []],
  ];
  for (const [word, wanted] of cases) t.strictSame(nearest(word, names), wanted, word);
});
