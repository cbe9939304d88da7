import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { main } from '../../lib/cli/main.js';
import { type FakeIo, fakeIo } from '../fixtures/io.js';
import { assertSchema } from '../fixtures/schemas.js';
import { nothingWasChanged } from '../support/texts.js';

// A folder of its own: on other versions of Node, all files of tests share one process, and its `t.testdir`.
const dir = mkdtempSync(join(tmpdir(), 'alterwise-main-'));
t.teardown(() => rmSync(dir, { recursive: true }));
mkdirSync(join(dir, 'folder'));
const files = {
  'change.sql': 'ALTER TABLE a ADD b int; DROP INDEX c ON a',
  'empty.sql': '-- nothing\n',
  'latin1.sql': Buffer.from("INSERT INTO a VALUES ('Müller')", 'latin1'),
  'utf16.sql': Buffer.from('\uFEFFALTER TABLE a ADD b int', 'utf16le'),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);

async function cli(argv: string[], io: FakeIo = fakeIo({ cwd: dir })): Promise<{ code: number; io: FakeIo }> {
  return { code: await main(argv, io), io };
}

t.test('help, version and completion answer on standard output', async (t) => {
  const cases: [string[], RegExp][] = [
    [['--help'], /alterwise plan \[STATEMENT\.\.\] .*alterwise run/s],
    [['plan', '--help'], /--lock-budget .*\[default: 30s\]/s],
    [['run', '-h'], /--dry-run/],
    [['gh-ost', '--help'], /gh-ost install/],
    [['--version'], /^\d+\.\d+\.\d+/],
    [['completion'], /_alterwise_yargs_completions/],
  ];
  for (const [argv, wanted] of cases) {
    const { code, io } = await cli(argv);
    t.match(io.stdout.text, wanted, argv.join(' '));
    t.strictSame([code, io.stderr.text], [0, '']);
  }
});

t.test('a lone - is standard input', async (t) => {
  const { code, io } = await cli(['plan', '-'], fakeIo({ cwd: dir, stdin: 'SELECT 1' }));
  t.match(io.stderr.text, /SELECT \(line 1, column 1\) is not a change/);
  t.equal(code, 2);
});

t.test('wrong usage ends with 2 and says what to do', async (t) => {
  const change = join(dir, 'change.sql');
  const cases: [string[], RegExp][] = [
    [[], /Which command\? There are plan, run, status, pause, .*revert, verify, clean, gh-ost, completion\./],
    [['pln', 'x'], /pln is not a command; did you mean plan\?/],
    [['plan'], /No statement was given\..*write one of/s],
    [['plan', 'ALTER', 'TABLE', 'a'], /Expected one statement in quotes, got 3 words: ALTER TABLE a/],
    [['plan', 'ALTER TABLE a ADD b int', '--file', change], /got a statement and --file/],
    [['plan', '--table', 'a'], /Expected --table and --alter together/],
    [['plan', '--table', 'a', '--alter', 'ALTER TABLE a ADD b int'], /only what follows ALTER TABLE t/],
    [
      ['plan', '--file', 'absent.sql'],
      /--file: expected a file that can be read, got .*absent\.sql \(ENOENT\)/,
    ],
    [['plan', '--file', 'empty.sql'], /no statement/i],
    [['plan', '--file', 'latin1.sql'], /latin1\.sql is not UTF-8/],
    [['plan', '--file', 'utf16.sql'], /utf16\.sql is not UTF-8/],
    [['plan', 'SELECT 1'], /SELECT/],
    [['plan', 'DROP TABLE a'], /is not a change of one table's schema.*A migration \(--file\) may also/s],
    [
      ['run', '--plan', 'absent.json'],
      /--plan: expected a file that can be read, got .*absent\.json \(ENOENT\)/,
    ],
    [['run', '--plan', 'empty.sql'], /empty\.sql is not JSON/],
    [['plan', '-- why\nSELECT 1'], /SELECT \(line 2, column 1\)/],
    [['plan', '--table', 'a', '--alter', '-- why'], /The statement on a changes nothing/],
    [['-'], /- is not a command/],
    [['run', '--lokc-budget=1s', '--port=0'], /2 settings are wrong:.*did you mean --lock-budget\?.*--port/s],
    [['run', '--host', 'a', '--host', 'b'], /--host: expected once, got 2 times/],
    [['run', '--quiet', '--quiet'], /--quiet: expected once, got 2 times/],
    [['run', '--gh-ost-flag=--execute', '--gh-ost-flag=--gcp'], /expected no --execute: alterwise sets it/],
    [['run', 'ALTER TABLE a ADD b int', '--out', 'folder'], /--out: expected a file, got the folder folder/],
    [['gh-ost'], /gh-ost: expected install or which, got nothing/],
    [['gh-ost', 'instal'], /did you mean install\?/],
    [['gh-ost', 'which', '--lock-budget=1s'], /--lock-budget is not an option here/],
  ];
  for (const [argv, wanted] of cases) {
    const { code, io } = await cli(argv);
    t.match(io.stderr.text, wanted, argv.join(' '));
    t.match(io.stderr.text, /^alterwise: .*\nNothing was changed\.\nNext: /s);
    t.strictSame([code, io.stdout.text], [2, '']);
  }
});

t.test('for programs, an error is a document', async (t) => {
  for (const argv of [
    ['plan', '--format', 'json'],
    ['plan', '--format=json', '--prot=1'],
    ['no', '--format=json'],
  ]) {
    const { code, io } = await cli(argv);
    const document: unknown = JSON.parse(io.stdout.text);
    assertSchema(t, 'error', document);
    t.match(document, { version: 1, exitCode: 2, error: { state: nothingWasChanged } });
    t.strictSame([code, io.stderr.text], [2, '']);
  }
  const byEnvironment = await cli(['plan'], fakeIo({ env: { ALTERWISE_FORMAT: 'json' } }));
  assertSchema(t, 'error', JSON.parse(byEnvironment.io.stdout.text));
  const ndjson = await cli(['plan', '--progress=ndjson']);
  assertSchema(t, 'error', JSON.parse(ndjson.io.stderr.text));
});

t.test('--print-settings shows values and sources, secrets masked', async (t) => {
  const env = { ALTERWISE_PASSWORD: 'secret', DATABASE_URL: 'mysql://u:secret@h/shop', NO_COLOR: '1' };
  const { code, io } = await cli(['run', '--print-settings', '--lock-budget=90s'], fakeIo({ env }));
  t.equal(code, 0);
  t.match(io.stdout.text, /^lock-budget +90s +flag --lock-budget$/m);
  t.match(io.stdout.text, /^dsn +mysql:\/\/u:\*\*\*@h\/shop +environment DATABASE_URL$/m);
  t.match(io.stdout.text, /^password +\*\*\* +environment ALTERWISE_PASSWORD$/m);
  t.match(io.stdout.text, /^no-color +true +environment NO_COLOR$/m);
  t.notMatch(io.stdout.text, 'secret');
  const json = await cli(['plan', '--print-settings', '--format=json'], fakeIo({ env }));
  t.match(JSON.parse(json.io.stdout.text), { version: 1, settings: [{ name: 'dsn' }] });
});

t.test('whatever the command: --print-settings does nothing else', async (t) => {
  for (const argv of [['clean', '--apply'], ['abort'], ['status'], ['revert', 'r']]) {
    const { code, io } = await cli([...argv, '--print-settings', '--state-dir=/nonexistent']);
    t.equal(code, 0, argv.join(' '));
    t.match(io.stdout.text, /^state-dir +\/nonexistent +flag --state-dir$/m);
  }
});

t.test('what answers as text and JSON alone says so', async (t) => {
  for (const word of ['status', 'abort', 'clean']) {
    const { code, io } = await cli([word, '--format', 'markdown']);
    t.equal(code, 2);
    t.match(io.stderr.text, `${word} answers as text or json, got markdown`);
  }
});
