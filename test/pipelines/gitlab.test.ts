import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { modulesOf } from '../examples/install.js';
import { forEachServer, type TestServer } from '../servers.js';
import { checkout, kill, slowly } from './checkout.js';
import { gitlabSteps, read } from './shell-steps.js';

const steps = gitlabSteps();
const named = (name: string) => steps.find((step) => step.name === name);
const curl = { curl: '#!/bin/sh\necho "curl $*"\n' };
const migration = `module.exports = {
  up: (queryInterface, { BIGINT }) =>
    queryInterface.changeColumn('orders', 'total', { type: BIGINT, allowNull: false }),
};`;

t.same(
  steps.map(({ name }) => name),
  ['plan', 'migrate', 'after migrate', 'verify', 'deploy'],
);

/** An application with Sequelize, after `npm ci`. */
async function application(t: Test, server: TestServer) {
  const config = 'config/config.js';
  const files = {
    [config]: read(`sequelize/${config}`),
    'migrations/001.js': migration,
    'package.json': '{}',
  };
  const on = await checkout(t, server, files, curl);
  symlinkSync(modulesOf('sequelize'), join(on.path, 'node_modules'));
  const { host, port, user, password } = server;
  const env = {
    ...{
      DB_HOST: host,
      DB_PORT: String(port),
      DB_USER: user,
      DB_PASSWORD: password,
      DB_NAME: on.schema.name,
    },
    ...{ CI_API_V4_URL: 'https://gitlab/api/v4', CI_PROJECT_ID: '3', NOTE_TOKEN: 'secret' },
  };
  return { ...on, env };
}

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('plan, note, run, verify, deploy', async (t) => {
    const { step, env, definition, path } = await application(t, server);
    const planned = await step(named('plan'), { ...env, CI_MERGE_REQUEST_IID: '12' });
    t.match(planned, { code: 0, said: /^curl .*body@plan\.md .*\/projects\/3\/merge_requests\/12\/notes$/m });
    t.match(readFileSync(join(path, 'plan.md'), 'utf8'), /orders/);
    t.match(await step(named('migrate'), env), { code: 0 });
    t.match(await definition(), /`total` bigint NOT NULL/);
    t.match(JSON.parse(readFileSync(join(path, 'result.json'), 'utf8')), { exitCode: 0 });
    t.match(await step(named('after migrate'), { ...env, CI_JOB_STATUS: 'success' }), { code: 0, said: '' });
    t.match(await step(named('verify'), env), { code: 0 });
    t.match(await step(named('deploy'), env), { code: 0, said: /^deployed$/m });
  });

  t.test('what is cancelled in the middle of a copy is as it was', async (t) => {
    const { step, start, copying, definition, lastRun, tables, ...on } = await application(t, server);
    const env = { ...on.env, ...slowly };
    const before = await definition();
    t.match(await step(named('plan'), env), { code: 0 });
    const migrating = start(named('migrate'), env);
    await copying();
    kill(-migrating.pid, 'SIGTERM');
    const aborted = await step(named('after migrate'), { ...env, CI_JOB_STATUS: 'canceled' });
    t.match(aborted, { code: 0, said: /exit code 6|aborted/ });
    await migrating.ended;
    t.match(await lastRun(), { state: 'ended', exitCode: 6 });
    t.equal(await definition(), before);
    t.same(await tables(), ['SequelizeMeta', 'orders'].sort());
  });
});
