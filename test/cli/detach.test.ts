import { mkdtempSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { RunResult } from '../../lib/documents/result.js';
import type { RunStatus } from '../../lib/documents/status.js';
import { assertSchema } from '../fixtures/schemas.js';
import { forEachServer } from '../servers.js';
import { alterwise, answerOf } from '../support/alterwise.js';
import { cliEnvironment, startCli } from '../support/ghost-cli.js';
import { privateTemp, stage } from '../support/ghost-stage.js';
import { until } from '../support/until.js';

const temp = privateTemp(t);
const slow = [
  '--strategy',
  'gh-ost',
  '--rehearse',
  'off',
  '--forecast',
  'rates',
  '--chunk-size',
  '50',
  '--gh-ost-flag=--nice-ratio=20',
];

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const stateDir = mkdtempSync(join(temp, 'state-'));
  const env = { ...(await cliEnvironment(server)), ALTERWISE_STATE_DIR: stateDir };
  const on = await stage(t, server, { rows: 10_000 });
  const sql = `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount BIGINT`;
  const status = async () => (await answerOf<{ runs: RunStatus[] }>(env, 'status')).runs[0];

  await t.test('a detached run goes on when its terminal goes, and is stopped from another', async (t) => {
    const { code, stdout } = await startCli(t, ['run', sql, ...slow, '--detach'], env).ended;
    t.equal(code, 0);
    const run = await status();
    t.match(run, { state: 'running' });
    t.match(stdout, `Run ${run?.run} runs in the background`);
    const log = join(stateDir, 'runs', run?.run ?? '', 'output.log');
    t.equal((await stat(log)).mode & 0o777, 0o600);
    t.match(stdout, log);
    t.match(await alterwise(env, 'abort'), { code: 0, stdout: /exit code 6/ });
    await until('nothing is left', async () => (await on.beside()).length === 0);
  });

  await t.test('one that is refused says so at once', async (t) => {
    const wrong = sql.replace('amount', 'nosuch');
    const { code, stderr } = await startCli(t, ['run', wrong, ...slow, '--detach'], env).ended;
    t.equal(code, 2);
    t.match(stderr, /nosuch/);
  });

  await t.test('for programs each ending is a document on standard output', async (t) => {
    const start = (text: string) =>
      startCli(t, ['run', text, ...slow, '--format', 'json', '--detach'], env).ended;
    const refused = await start(sql.replace('amount', 'nosuch'));
    t.equal(refused.code, 2);
    assertSchema(t, 'result', JSON.parse(refused.stdout));
    const idle = await start(sql.replace('BIGINT', 'INT'));
    t.equal(idle.code, 0);
    const result = JSON.parse(idle.stdout) as RunResult;
    assertSchema(t, 'result', result);
    t.match(result, { exitCode: 0, statements: [{ outcome: 'nothing' }] });
    t.notMatch(idle.stderr, '"statements"');

    const goesOn = await start(sql);
    t.equal(goesOn.code, 0);
    const order = JSON.parse(goesOn.stdout) as { run: string; text: string };
    assertSchema(t, 'order', order);
    t.match(await status(), { run: order.run, state: 'running' });
    const path = join(stateDir, 'runs', order.run, 'result');
    t.match(order.text, path);
    t.equal((await stat(path)).mode & 0o777, 0o600);
    t.match(await alterwise(env, 'abort'), { code: 0 });
    const written = JSON.parse(await readFile(path, 'utf8')) as RunResult;
    assertSchema(t, 'result', written);
    t.match(written, { run: order.run, exitCode: 6 });
  });

  await t.test('a script of its own does not get its name, and keeps its own words', async (t) => {
    const folder = t.testdir();
    const seen = join(folder, 'seen');
    const script = join(folder, 'script.mjs');
    await writeFile(
      script,
      `import { writeFileSync } from 'node:fs';
       const words = [process.env.ALTERWISE_DETACHED_RUN ?? 'nameless', ...process.argv.slice(2)];
       writeFileSync(${JSON.stringify(seen)}, words.join(' '));`,
    );
    const command = [process.execPath, script, '--detach'];
    const args = ['run', '--database', on.schema.name, '--detach', '--', ...command];
    const { stderr } = await startCli(t, args, env).ended;
    t.equal(await readFile(seen, 'utf8').catch(() => stderr), 'nameless --detach');
  });

  await t.test('a script runs in the background once it has begun for real', async (t) => {
    const folder = t.testdir();
    const script = join(folder, 'script.mjs');
    // The first time it is only recorded.
    await writeFile(
      script,
      `import { existsSync, writeFileSync } from 'node:fs';
       import { createConnection } from 'mysql2/promise';
       const seen = ${JSON.stringify(join(folder, 'seen'))};
       const { ALTERWISE_HOST: host, ALTERWISE_PORT: port } = process.env;
       const { ALTERWISE_USER: user, ALTERWISE_PASSWORD: password } = process.env;
       const database = ${JSON.stringify(on.schema.name)};
       const connection = await createConnection({ host, port: Number(port), user, password, database });
       await connection.query('SELECT 1');
       await connection.end();
       if (existsSync(seen)) setTimeout(() => {}, 60_000);
       else writeFileSync(seen, process.env.ALTERWISE_ACCEPT);`,
    );
    const command = [process.execPath, script];
    const words = ['--accept', 'one', '--accept', 'two', '--detach', '--', ...command];
    const { code, stdout } = await startCli(t, ['run', '--database', on.schema.name, ...words], env).ended;
    t.equal(code, 0);
    t.match(stdout, /runs in the background: alterwise status shows its changes/);
    t.equal(await readFile(join(folder, 'seen'), 'utf8'), 'one two', 'and knows its options as they are');
    const pid = Number(/kill -TERM (\d+)/.exec(stdout)?.[1]);
    t.ok(process.kill(pid, 'SIGTERM'), 'it is there');
    await until('the script stops', () => !isThere(pid));
  });
});
