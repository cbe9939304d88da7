import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Leftover } from '../../../../lib/documents/answers.js';
import type { Plan } from '../../../../lib/documents/plan.js';
import type { RunResult } from '../../../../lib/documents/result.js';
import { recordPath } from '../../../../lib/runs/record.js';
import { forEachServer } from '../../../servers.js';
import { answerOf } from '../../../support/alterwise.js';
import { cliEnvironment, startCli } from '../../../support/ghost-cli.js';
import { agrees, ghostsOn, privateTemp, type Stage, stage } from '../../../support/ghost-stage.js';
import { until } from '../../../support/until.js';

const temp = privateTemp(t);
const quick = ['--forecast', 'rates', '--rehearse', 'off'];

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const env = { ...(await cliEnvironment(server)), ALTERWISE_STATE_DIR: mkdtempSync(join(temp, 'state-')) };

  await t.test(
    'killed once gh-ost has noted its swap: the original is known, and swapped back',
    async (t) => {
      const on = await stage(t, server, { rows: 1_000 });
      const before = await on.definition();
      const load = await on.load({ perSecond: 50 });
      const run = await killedBehindSwap(t, on, env, 'checkpoint success after cutover');
      t.match(await originals(on, env), [{ run, verdict: 'kept', what: /^the old table of / }]);
      const checkpoints = `${on.schema.name}._${on.table.name}_ghk`;
      const { leftovers } = await answerOf<{ leftovers: Leftover[] }>(env, 'clean');
      t.match(
        leftovers.filter(({ name }) => name === checkpoints),
        [{ run, verdict: 'removable' }],
      );
      // As of a table that is too large for a direct change: what is left is no reason to refuse it.
      const large = ['--strategy', 'gh-ost', '--review-rows', '0', '--dry-run'];
      const planned = await answerOf<Plan>(env, 'revert', run, ...quick, ...large);
      t.match(planned, { review: { required: true }, statements: [{ strategy: 'gh-ost' }] });
      const result = await answerOf<RunResult>(env, 'revert', run, ...quick, '--strategy', 'gh-ost');
      t.match(result.statements, [{ outcome: 'done', strategy: 'gh-ost', oldTable: /_rev_del$/ }]);
      t.equal(await on.definition(), before);
      t.match(await on.beside(), [/_rev_del$/], 'what the change had made is all that is kept');
      t.match(recordOf(env, result.run), /"type":"swapping".*_rev_del/, 'it may die in the same way');
      t.match(await on.compare(await load.stop()), agrees);
    },
  );

  await t.test(
    'killed right behind the RENAME: the original is known, and the change can be taken back',
    async (t) => {
      const on = await stage(t, server, { rows: 1_000 });
      const before = await on.definition();
      const run = await killedBehindSwap(t, on, env, 'Tables renamed');

      await t.test('a table that only bears its name is not taken for it', async (t) => {
        const [old = ''] = (await on.beside()).filter((name) => /_\d{14}_del$/.test(name));
        await on.schema.query(`RENAME TABLE ${old} TO aside`);
        // CREATE_TIME has whole seconds.
        await sleep(1_100);
        await on.schema.query(`CREATE TABLE ${old} LIKE aside`);
        t.match(await originals(on, env), [{ name: old, verdict: 'not-ours' }]);
        await on.schema.query(`DROP TABLE ${old}`);
        await on.schema.query(`RENAME TABLE aside TO ${old}`);
      });

      t.match(await originals(on, env, '--apply'), [{ run, verdict: 'kept', removal: undefined }]);
      t.match(recordOf(env, run), /"type":"swapped"/, 'and from then on its record knows it');
      const result = await answerOf<RunResult>(env, 'revert', run, ...quick);
      t.match(result.statements, [{ outcome: 'done' }]);
      t.equal(await on.definition(), before);
    },
  );
});

/** @returns the run, which was ended by SIGKILL when gh-ost said so, and of whose swap its record does not know */
async function killedBehindSwap(t: Test, on: Stage, env: NodeJS.ProcessEnv, said: string): Promise<string> {
  for (let attempt = 0; attempt < 8; attempt++) {
    const type = /`amount` int/.test(await on.definition()) ? 'BIGINT' : 'INT';
    const sql = `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount ${type}`;
    const cli = startCli(
      t,
      ['run', sql, ...quick, '--strategy', 'gh-ost', '--verbose', '--progress', 'ndjson', '--format', 'json'],
      env,
    );
    const start = await cli.until((event) => typeof event.run === 'string');
    await cli.until(({ type, text }) => type === 'gh-ost' && text?.includes(said) === true);
    cli.child.kill('SIGKILL');
    await cli.ended;
    await until('gh-ost ends after its alterwise', async () => (await ghostsOn(on.schema.name)).length === 0);
    const run = String(start.run);
    if (!recordOf(env, run).includes('"type":"swapped"')) return run;
    t.comment('alterwise was faster than its SIGKILL');
    await answerOf(env, 'clean', '--apply');
    for (const each of await on.beside()) await on.schema.query(`DROP TABLE ${each}`);
  }
  throw new Error('alterwise was always faster than its SIGKILL');
}

function recordOf(env: NodeJS.ProcessEnv, run: string): string {
  return readFileSync(recordPath(env.ALTERWISE_STATE_DIR ?? '', run), 'utf8');
}

async function originals(on: Stage, env: NodeJS.ProcessEnv, ...more: string[]): Promise<Leftover[]> {
  const { leftovers } = await answerOf<{ leftovers: Leftover[] }>(env, 'clean', ...more);
  return leftovers.filter(({ name }) => name.startsWith(`${on.schema.name}.`) && name.endsWith('_del'));
}
