import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Leftover } from '../../lib/documents/answers.js';
import type { RunStatus } from '../../lib/documents/status.js';
import { forEachServer } from '../servers.js';
import { alterwise, answerOf } from '../support/alterwise.js';
import { cliEnvironment, startCli } from '../support/ghost-cli.js';
import { privateTemp, stage } from '../support/ghost-stage.js';
import { marked } from '../support/marked.js';
import { until } from '../support/until.js';

// A socket's path has to be short.
const temp = privateTemp(t);
const quick = ['--strategy', 'gh-ost', '--forecast', 'rates', '--rehearse', 'off', '--progress', 'ndjson'];
const slow = ['--chunk-size', '50', '--gh-ost-flag=--nice-ratio=20'];

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const env = { ...(await cliEnvironment(server)), ALTERWISE_STATE_DIR: mkdtempSync(join(temp, 'state-')) };
  const elsewhere = { ...env, ALTERWISE_STATE_DIR: mkdtempSync(join(temp, 'other-')) };
  const on = await stage(t, server, { rows: 10_000 });
  const label = (name: string) => `${on.schema.name}.${name}`;
  const shadow = (suffix: string) => label(`_${on.table.name}_${suffix}`);
  const sql = `ALTER TABLE ${label(on.table.name)} MODIFY amount BIGINT`;
  const found = async (where: NodeJS.ProcessEnv, ...more: string[]) => {
    const { leftovers } = await answerOf<{ leftovers: Leftover[] }>(where, 'clean', ...more);
    // Other tests leave theirs on the same server for a while.
    return leftovers.filter(({ kind, name }) => kind !== 'table' || name.startsWith(`${on.schema.name}.`));
  };
  const ours = async (...more: string[]) =>
    (await found(env, ...more)).filter(({ kind }) => kind !== 'schema');

  await on.schema.query('CREATE TABLE _mine_del (id INT)');
  t.match(await ours(), [{ name: label('_mine_del'), verdict: 'not-ours' }]);

  const cli = startCli(t, ['run', sql, ...quick, ...slow], env);
  await marked(on.schema, on.table.name);

  await t.test('while it runs: in use; seen from another machine; refused a second time', async (t) => {
    const busy = (await ours('--apply')).filter(({ verdict }) => verdict === 'in-use');
    t.same(busy.map(({ name }) => name).sort(), [shadow('ghc'), shadow('ghk'), shadow('gho')]);
    const { elsewhere: seen } = await answerOf<{ elsewhere: object[] }>(elsewhere, 'status');
    const table = label(on.table.name);
    t.match(
      seen.filter((each) => 'table' in each && each.table === table),
      [{ table, state: 'running', pid: cli.child.pid }],
    );
    t.match(await alterwise(elsewhere, 'status'), {
      code: 0,
      stdout: new RegExp(`running on .*copies ${table}`),
    });
    t.match(await alterwise(elsewhere, 'run', sql, ...quick), {
      code: 11,
      stderr: /gh-ost-running/,
    });
  });

  cli.child.kill('SIGKILL');
  await cli.ended;
  const isDying = ({ kind, verdict }: Leftover) => kind === 'process' || verdict === 'in-use';
  await until('gh-ost ends after its alterwise', async () => !(await ours()).some(isDying));

  await t.test(
    'after a crash: listed with its proof, removed by --apply; others are named, and stay',
    async (t) => {
      const all = await ours();
      const can = all.filter(({ verdict }) => verdict === 'removable');
      t.match(
        can.map(({ kind, name }) => (kind === 'table' ? name : kind)).sort(),
        [shadow('ghc'), shadow('ghk'), shadow('gho'), 'folder', 'socket'].sort(),
      );
      t.ok(can.every(({ run, ageMs }) => run !== undefined && ageMs !== undefined));
      t.match(
        (await alterwise(env, 'clean')).stdout,
        /removable .*left by a row copy of .*--resume .* resumes it/,
      );
      t.equal(
        (await found(elsewhere))
          .filter(({ verdict }) => verdict === 'removable')
          .filter(({ kind }) => kind === 'table').length,
        0,
        'without the record there is no proof',
      );

      const removed = await ours('--apply');
      t.same(removed.filter(({ removal }) => removal?.removed).length, can.length);
      t.match(await ours(), [{ name: label('_mine_del'), verdict: 'not-ours' }]);
      const { runs } = await answerOf<{ runs: RunStatus[] }>(env, 'status');
      t.match(runs, [{ state: 'ended', exitCode: undefined }]);
      t.same(await on.beside(), [label('_mine_del')]);
    },
  );

  await t.test('a kept original goes when its time has come, and no table that took its name', async (t) => {
    const { code } = await alterwise(env, 'run', sql, ...quick);
    t.equal(code, 0);
    const kept = (await ours()).find(({ verdict }) => verdict === 'kept');
    t.match(kept, { kind: 'table', what: /the old table of .* kept until/ });
    t.match(
      (await ours('--apply')).find(({ name }) => name === kept?.name),
      { removal: undefined },
    );

    const back = await alterwise(
      env,
      'run',
      sql.replace('BIGINT', 'INT'),
      ...quick,
      '--keep-old-table',
      '0s',
    );
    t.equal(back.code, 0);
    const due = (await ours()).find(({ verdict }) => verdict === 'removable');
    t.match(due?.name, /_del$/);
    await on.schema.query(`RENAME TABLE ${due?.name} TO ${label('moved')}`);
    await on.schema.query(`CREATE TABLE ${due?.name} (id INT)`);
    t.match(
      (await ours()).find(({ name }) => name === due?.name),
      { verdict: 'not-ours' },
    );
    await on.schema.query(`DROP TABLE ${due?.name}`);
    await on.schema.query(`RENAME TABLE ${label('moved')} TO ${due?.name}`);
    t.match(
      (await ours('--apply')).find(({ name }) => name === due?.name),
      { removal: { removed: true } },
    );
    t.same(await on.beside(), [label('_mine_del'), kept?.name].sort());
    const { runs } = await answerOf<{ runs: RunStatus[] }>(env, 'status');
    const listed = runs.flatMap(({ statements }) => statements.flatMap(({ oldTable = [] }) => oldTable));
    t.same(listed, [kept?.name], 'what is gone is not listed any more');
  });
});
