import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { forEachServer } from '../servers.js';
import { type Checkout, checkout, kill, slowly } from './checkout.js';
import { githubSteps } from './shell-steps.js';

const steps = githubSteps();
const named = (name: string) => steps.find((step) => step.name === name);
const files = {
  'migrations/001.sql': 'ALTER TABLE orders ADD COLUMN note TEXT;',
  'migrations/002.sql': 'CREATE INDEX by_total ON orders (total);',
};
const gh = { gh: '#!/bin/sh\necho "gh $*"\n' };

t.same(
  steps.map(({ name }) => name),
  ['Plan', 'Comment', 'Run', 'Abort', 'Verify', 'Deploy'],
);

/** What GitHub gives every step beside its `env`. */
function given({ path }: Checkout): NodeJS.ProcessEnv {
  const env = { GITHUB_OUTPUT: 'output', GITHUB_STEP_SUMMARY: 'summary', GITHUB_ENV: 'environment' };
  for (const name of Object.values(env)) writeFileSync(join(path, name), '');
  return { ...env, LOOK_EVERY: '0.2', PULL_REQUEST: '12' };
}

/** What a step has set for those behind it. */
function set({ path }: Checkout): NodeJS.ProcessEnv {
  const lines = readFileSync(join(path, 'environment'), 'utf8').split('\n');
  return Object.fromEntries(lines.filter(Boolean).map((line) => line.split('=')));
}

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('plan, comment, run, verify, deploy', async (t) => {
    const on = await checkout(t, server, files, gh);
    const env = { ...given(on), ALTERWISE_REVIEW_ROWS: '100' };
    t.match(await on.step(named('Plan'), env), { code: 0 });
    t.equal(readFileSync(join(on.path, 'output'), 'utf8'), 'review=true\n');
    t.match(readFileSync(join(on.path, 'summary'), 'utf8'), /orders/);
    t.match(await on.step(named('Comment'), env), { code: 0, said: /^gh pr comment 12 --body-file plan.md/ });
    t.match(await on.step(named('Run'), env), { code: 0 });
    t.match(await on.definition(), /`note` text.*KEY `by_total`/s);
    t.match(JSON.parse(readFileSync(join(on.path, 'result.json'), 'utf8')), { exitCode: 0 });
    t.match(await on.step(named('Run'), env), { code: 0 }, 'and there is nothing left to do');
    t.match(await on.step(named('Verify'), env), { code: 0 });
    t.match(await on.step(named('Deploy'), env), { code: 0, said: /^deployed$/m });
  });

  t.test('what is cancelled in the middle of a copy is ended by the step for it', async (t) => {
    const on = await checkout(t, server, {
      'migrations/001.sql': 'ALTER TABLE orders MODIFY total BIGINT NOT NULL;',
    });
    const env = { ...given(on), ...slowly };
    const before = await on.definition();
    t.match(await on.step(named('Plan'), env), { code: 0 });
    const running = on.start(named('Run'), env);
    await on.copying();
    kill(running.pid, 'SIGINT');
    kill(-running.pid, 'SIGKILL');
    await running.ended;
    t.match(await on.lastRun(), { state: 'running' }, 'the run goes on without the job');
    t.match(await on.step(named('Abort'), { ...env, ...set(on) }), { code: 0, said: /exit code 6/ });
    t.match(await on.lastRun(), { state: 'ended', exitCode: 6 });
    t.equal(await on.definition(), before);
    t.same(await on.tables(), ['orders']);
  });

  t.test('a plan that does not hold any more is not run', async (t) => {
    const on = await checkout(t, server, files);
    const env = given(on);
    t.match(await on.step(named('Plan'), env), { code: 0 });
    await on.schema.query('ALTER TABLE orders ADD COLUMN other INT');
    const before = await on.definition();
    t.match(await on.step(named('Run'), env), {
      code: 10,
      said: /^::error::The table is no longer as it was/m,
    });
    t.equal(await on.definition(), before);
    t.match(await on.step(named('Abort'), env), { code: 0 }, 'no run, and no failure');
  });
});
