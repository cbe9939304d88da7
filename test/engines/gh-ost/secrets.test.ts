import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { forEachServer, type Schema } from '../../servers.js';
import { cliEnvironment, startCli } from '../../support/ghost-cli.js';
import { privateTemp, stage } from '../../support/ghost-stage.js';

privateTemp(t);
const password = `pa'ss"w\`o;r#d \${HOME} \\n $1 %20&=ü`;
/** As it would look in JSON, in a URL, in SQL, and in part. */
const disguises = [
  password,
  JSON.stringify(password).slice(1, -1),
  encodeURIComponent(password),
  password.replaceAll("'", "''"),
  password.slice(0, 8),
  'o;r#d',
];

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('the password is nowhere to be seen, from the plan to the last file', async (t) => {
    const on = await stage(t, server, { rows: 5_000 });
    const user = await account(t, on.schema, password);
    const home = await mkdtemp(join(tmpdir(), 'home-'));
    t.teardown(() => rm(home, { recursive: true, force: true }));
    const env = {
      ...(await cliEnvironment({ ...server, user, password })),
      HOME: home,
      ALTERWISE_CACHE: join(home, 'cache'),
    };
    const change = `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount BIGINT`;
    const output: Record<string, string> = {};
    for (const format of ['text', 'json']) {
      const { code, stdout, stderr } = await startCli(
        t,
        ['plan', change, '--strategy=gh-ost', `--format=${format}`, '--verbose'],
        env,
      ).ended;
      t.equal(code, 0, stderr);
      output[`plan as ${format}`] = stdout + stderr;
    }

    const cli = startCli(
      t,
      [
        ...['run', change, '--strategy=gh-ost', '--rehearse=always', '--verbose', '--chunk-size=50'],
        ...['--progress=ndjson', '--format=json'],
      ],
      env,
    );
    const seen = { arguments: new Set<string>(), folders: 0, files: new Map<string, string>() };
    let running = true;
    void cli.ended.then(() => {
      running = false;
    });
    while (running) {
      for (const args of await allArguments()) seen.arguments.add(args);
      seen.folders += await lookAtFolders(t, seen.files);
      await sleep(20);
    }
    const { code, stdout, stderr } = await cli.ended;
    t.equal(code, 0, stderr);
    t.ok(seen.folders > 10, 'the folder of the run was seen');
    t.ok(
      [...seen.arguments].some((args) => args.includes(`--table=${on.table.name}`)),
      'and so was gh-ost',
    );
    t.match([...seen.files.keys()].join(' '), /gh-ost\.(cnf|conf|ini)|conf/, 'and its credentials');
    output.arguments = [...seen.arguments].join('\n');
    output.files = [...seen.files.values()].join('\n');
    output.events = stderr;
    output.result = stdout;

    const wrong = { ...env, ALTERWISE_PORT: '1' };
    const unreachable = await startCli(t, ['run', change, '--verbose'], wrong).ended;
    t.equal(unreachable.code, 11);
    output['error of a server that is not there'] = unreachable.stdout + unreachable.stderr;
    const denied = await startCli(t, ['run', change, '--verbose'], { ...env, ALTERWISE_USER: `not_${user}` })
      .ended;
    t.equal(denied.code, 11);
    output['error of a user who is not let in'] = denied.stdout + denied.stderr;

    for (const [where, text] of Object.entries(output)) {
      for (const disguise of disguises) t.notOk(text.includes(disguise), `${where}: not ${disguise}`);
    }
    t.match(await on.left(), [RegExp(`${on.table.name}_\\d+_del$`)], 'no folder is left');
    t.same(await readdir(home), [], 'nor is anything in the home folder');
  });
});

async function account(t: Test, schema: Schema, password: string): Promise<string> {
  const user = `aw_${schema.name.slice(-8)}`;
  const [quoted] = await schema.query<{ quoted: string }>('SELECT QUOTE(?) AS quoted', [password]);
  await schema.query(`CREATE USER ${user} IDENTIFIED BY ${quoted?.quoted}`);
  t.teardown(() => schema.connect().then((connection) => connection.query(`DROP USER ${user}`)));
  await schema.query(`GRANT ALL ON *.* TO ${user}`);
  return user;
}

/** What anybody on this machine can read of every process. */
async function allArguments(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // One that has ended since has none.
  const all = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return all.map((args) => args.replaceAll('\0', ' '));
}

/** Looks at the run folders that there are now, and reads all that is in them. */
async function lookAtFolders(t: Test, files: Map<string, string>): Promise<number> {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith('alterwise-'));
  for (const name of folders) {
    const folder = join(tmpdir(), name);
    try {
      const { mode } = await stat(folder);
      if ((mode & 0o777) !== 0o700) t.fail(`${folder} has mode ${(mode & 0o777).toString(8)}`);
      for (const file of await readdir(folder)) {
        const facts = await stat(join(folder, file));
        if (facts.isFile()) files.set(file, await readFile(join(folder, file), 'utf8'));
        if (facts.isFile() && (facts.mode & 0o077) !== 0) t.fail(`${file} can be read by others`);
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error; // gone since
    }
  }
  return folders.length;
}
