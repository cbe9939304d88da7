import { mkdtempSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { RunStatus } from '../../lib/runs/status.js';
import { forEachServer } from '../servers.js';
import { alterwise, answerOf } from '../support/alterwise.js';
import { cliEnvironment, startCli } from '../support/ghost-cli.js';
import { privateTemp, stage } from '../support/ghost-stage.js';

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
    t.match(stdout, `Run ${run?.run} goes on by itself`);
    const log = join(stateDir, 'runs', run?.run ?? '', 'output.log');
    t.equal((await stat(log)).mode & 0o777, 0o600);
    t.match(stdout, log);
    t.match(await alterwise(env, 'abort'), { code: 0, stdout: /exit code 6/ });
    for (const start = Date.now(); (await on.beside()).length > 0; await sleep(100)) {
      if (Date.now() - start > 20_000) throw new Error('something is left');
    }
  });

  await t.test('one that is refused says so at once', async (t) => {
    const wrong = sql.replace('amount', 'nosuch');
    const { code, stderr } = await startCli(t, ['run', wrong, ...slow, '--detach'], env).ended;
    t.equal(code, 2);
    t.match(stderr, /nosuch/);
  });
});
