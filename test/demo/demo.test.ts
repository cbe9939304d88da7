import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import t, { type Test } from 'tap';
import { forEachServer } from '../servers.js';

const program = new URL('./main.ts', import.meta.url).pathname;
const limitMs = 180_000;

/** The demo on a small table, with a folder for temporary files of its own, by which its traces can be told. */
async function start(t: Test, rows = '20000') {
  const folder = await mkdtemp(join(tmpdir(), 'aw-demo-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const { ALTERWISE_SANDBOX_URL: _, ...env } = process.env;
  const child = execa(process.execPath, ['--import=tsx', program, '--rows', rows], {
    env: { ...env, TMPDIR: folder },
    extendEnv: false,
    all: true,
    stdin: 'ignore',
    reject: false,
    timeout: limitMs,
  });
  return { child, folder };
}

await forEachServer(t, ['mysql-9.7'], async (t) => {
  t.test('plays the story to its end, and leaves nothing', async (t) => {
    const { child, folder } = await start(t);
    const { exitCode, stdout, all } = await child;
    t.equal(exitCode, 0) || t.comment(all);
    t.match(
      stdout,
      /^ {2}CREATE UNIQUE INDEX {3}plain client +\S+ +[5-9](\.\d)?s +20,\d+ +20,\d+$/m,
      'a long stall',
    );
    for (const line of [
      'ADD COLUMN +alterwise: instant',
      'CREATE UNIQUE INDEX +alterwise: inplace',
      'MODIFY INT to BIGINT +alterwise: gh-ost',
    ]) {
      t.match(stdout, new RegExp(`^ {2}${line} .* 20,\\d+$`, 'm'));
    }
    t.match(stdout, /^ {2}0 lost, 0 doubled: 20,\d+ rows compared/m);
    t.match(stdout, /^ {2}Left: shop\._investments_\d+_del, the old table/m);
    t.same(await tracesOf(folder), []);
  });

  t.test('a signal while alterwise works ends both, and leaves nothing', async (t) => {
    const { child, folder } = await start(t);
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text) => /Waiting for an old transaction/.test(String(text)) && resolve());
      child.once('exit', () => resolve());
    });
    const { commands, password } = await atWork(folder);
    t.match(commands, /bin\/alterwise.ts run/);
    t.not(password, '');
    t.notMatch(commands, password, 'the password is in no process list');
    child.kill('SIGINT');
    const { exitCode, all } = await child;
    t.equal(exitCode, 130) || t.comment(all);
    t.match(all, /SIGINT: stopping and restoring everything/);
    t.same(await tracesOf(folder), []);
  });

  t.test('rows that are no number are refused before anything is begun', async (t) => {
    const { child } = await start(t, '2e');
    t.match(await child, { exitCode: 2, stderr: /--rows: expected a whole number .*, got 2e/ });
  });
});

/** What is left: files of alterwise, and processes that were started with this folder. Waits a moment for both. */
async function tracesOf(folder: string): Promise<string[]> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const files = (await readdir(folder)).filter((name) => name.startsWith('alterwise'));
    const left = [...files, ...(await processesOf(folder)).map(({ command }) => command)];
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(100);
  }
}

async function atWork(folder: string): Promise<{ commands: string; password: string }> {
  const processes = await processesOf(folder);
  const passwords = processes.map(
    ({ environment }) => /\0ALTERWISE_PASSWORD=([^\0]*)/.exec(environment)?.[1],
  );
  return {
    commands: processes.map(({ command }) => command).join('\n'),
    password: passwords.find((password) => password !== undefined) ?? '',
  };
}

async function processesOf(folder: string): Promise<{ command: string; environment: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end while it is looked at.
  const read = (pid: string, name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const all = await Promise.all(
    pids.map(async (pid) => ({
      command: await read(pid, 'cmdline'),
      environment: await read(pid, 'environ'),
    })),
  );
  return all
    .filter(({ environment }) => environment.includes(`TMPDIR=${folder}\0`))
    .map(({ command, environment }) => ({
      command: command.replaceAll('\0', ' '),
      environment: `\0${environment}`,
    }));
}
