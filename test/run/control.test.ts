import { mkdtempSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { RunStatus } from '../../lib/documents/status.js';
import { forEachServer } from '../servers.js';
import { alterwise, answerOf } from '../support/alterwise.js';
import { cliEnvironment, startCli } from '../support/ghost-cli.js';
import { agrees, privateTemp, stage } from '../support/ghost-stage.js';

// A socket's path has to be short.
const temp = privateTemp(t);

const slow = ['--strategy', 'gh-ost', '--rehearse', 'off', '--forecast', 'rates', '--progress', 'ndjson'];
const slower = ['--chunk-size', '100', '--gh-ost-flag=--nice-ratio=4'];

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const env = { ...(await cliEnvironment(server)), ALTERWISE_STATE_DIR: mkdtempSync(join(temp, 'state-')) };
  const stateDir = env.ALTERWISE_STATE_DIR;
  const onlyRun = async () => {
    const { runs } = await answerOf<{ runs: RunStatus[] }>(env, 'status');
    const [run] = runs;
    if (run === undefined) throw new Error('no run');
    return run;
  };

  /** The chunk that was under way when it was paused is copied to its end. */
  const copiedAtRest = async () => {
    for (let last: number | undefined, tries = 0; tries < 20; tries++) {
      const { now } = await onlyRun();
      const copied = now?.progress?.rowsCopied;
      if (copied !== undefined && copied === last && now?.progress?.throttled !== undefined) return copied;
      last = copied;
      await sleep(1_000);
    }
    throw new Error('it never came to rest');
  };

  // `elsewhere` may show what other tests do on the same server.
  t.match(await answerOf(env, 'status'), { version: 1, runs: [] }, 'nothing has run');
  t.match(await alterwise(env, 'pause'), { code: 2, stderr: /There is no run in progress/ });

  const on = await stage(t, server, { rows: 20_000 });
  const before = await on.definition();
  const load = await on.load({ perSecond: 50 });
  const sql = `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount BIGINT`;

  await t.test('a run is watched, paused, set, and let go on from another terminal', async (t) => {
    const cli = startCli(t, ['run', sql, ...slow, ...slower], env);
    await cli.until(({ type, phase, rowsCopied }) => {
      return type === 'progress' && phase === 'copy' && Number(rowsCopied ?? 0) > 0;
    });

    const running = await onlyRun();
    t.match(running, {
      state: 'running',
      pid: cli.child.pid,
      statements: [{ sql, table: `${on.schema.name}.${on.table.name}`, strategy: 'gh-ost', begun: true }],
      now: { phase: 'copy', paused: false, stopping: false, ended: 0, statements: 1 },
    });
    const short = running.run.slice(0, 8);
    const socket = join(stateDir, 'runs', running.run, 'control.sock');
    t.equal((await stat(socket)).mode & 0o777, 0o600);
    t.equal((await stat(dirname(socket))).mode & 0o777, 0o700);

    t.match(await alterwise(env, 'pause', short), { code: 0, stdout: /Paused/ });
    t.match(await onlyRun(), { now: { paused: true } });
    const at = await copiedAtRest();
    t.match(
      await alterwise(env, 'set', 'chunk-size=3000', 'dml-batch-size=50', 'max-lag=2s', 'nice-ratio=0.5'),
      {
        code: 0,
        stdout: /Now chunk-size=3000 dml-batch-size=50 max-lag=2s nice-ratio=0.5\./,
      },
    );
    t.match(await alterwise(env, 'set', 'chunk-size=3'), {
      code: 2,
      stderr: /expected a whole number from 10/,
    });
    t.match(await alterwise(env, 'set', 'chunk=3'), { code: 2, stderr: /chunk is no key/ });
    t.equal((await onlyRun()).now?.progress?.rowsCopied, at, 'nothing is copied meanwhile');
    const status = await alterwise(env, 'status', short);
    t.match(status.stdout, /paused for .*\n {2}copy: paused: commanded by user/);
    t.match(await answerOf(env, 'resume'), { text: /Resumed/ });

    const { code } = await cli.ended;
    t.equal(code, 0);
    t.match(await onlyRun(), {
      state: 'ended',
      exitCode: 0,
      now: undefined,
      statements: [{ outcome: 'done' }],
    });
    t.match(
      (await alterwise(env, 'status')).stdout,
      /ended after .*exit code 0(?:.|\n)*old table .*kept until/,
    );
    t.match(await alterwise(env, 'abort', short), { code: 11, stderr: /it has ended/ });
  });

  await t.test('abort from another terminal puts everything back, and says so', async (t) => {
    const changed = await on.definition();
    const back = sql.replace('BIGINT', 'INT');
    const cli = startCli(t, ['run', back, ...slow, ...slower], env);
    await cli.until(({ type, phase }) => type === 'progress' && phase === 'copy');
    t.match(await alterwise(env, 'abort'), { code: 0, stdout: /ended with exit code 6/ });
    t.equal((await cli.ended).code, 6);
    t.equal(await on.definition(), changed);
    t.not(changed, before);
  });

  const report = await load.stop();
  t.match(await on.compare(report), agrees);
});
