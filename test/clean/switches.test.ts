import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { foundSwitches } from '../../lib/clean/server.js';
import type { Leftover } from '../../lib/documents/answers.js';
import { withSession } from '../../lib/mysql/session.js';
import { listRuns } from '../../lib/runs/list.js';
import { startServer } from '../sandbox/index.js';
import { forEachServer } from '../servers.js';
import { answerOf } from '../support/alterwise.js';
import { cliEnvironment, startCli } from '../support/ghost-cli.js';
import { privateTemp, stage } from '../support/ghost-stage.js';
import { marked } from '../support/marked.js';
import { connectionTo } from '../support/settings.js';
import { until } from '../support/until.js';

const temp = privateTemp(t);
const slow = [
  '--chunk-size',
  '50',
  '--gh-ost-flag=--nice-ratio=20',
  '--forecast',
  'rates',
  '--rehearse',
  'off',
];
const instrument = 'wait/lock/metadata/sql/mdl';

// A server of its own: a gh-ost of another test would need the instrument as well.
await forEachServer(t, ['mysql-5.7'], async (t, { kind }) => {
  const own = await startServer(kind);
  t.teardown(() => own.stop());
  const server = { ...own, kind };
  const stateDir = mkdtempSync(join(temp, 'state-'));
  const env = { ...(await cliEnvironment(server)), ALTERWISE_STATE_DIR: stateDir };
  const on = await stage(t, server, { rows: 5_000 });
  const enabled = async () => {
    const [row] = await on.schema.query<{ enabled: string }>(
      `SELECT ENABLED AS enabled FROM performance_schema.setup_instruments WHERE NAME='${instrument}'`,
    );
    return row?.enabled;
  };
  const settings = async (...more: string[]) =>
    (await answerOf<{ leftovers: Leftover[] }>(env, 'clean', ...more)).leftovers.filter(
      ({ kind: what }) => what === 'setting',
    );
  t.equal(await enabled(), 'NO');
  // What was switched on within seconds of the server's start might have been so before it.
  await until('the server has been up for 12 s', async () => {
    const [row] = await on.schema.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Uptime'");
    return Number(row?.Value) > 12;
  });
  const sql = `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount BIGINT`;
  const cli = startCli(t, ['run', sql, '--strategy', 'gh-ost', '--progress', 'ndjson', ...slow], env);
  await marked(on.schema, on.table.name);
  t.equal(await enabled(), 'YES', 'on for the time of the run');
  t.same(await settings(), [], 'which goes on');
  cli.child.kill('SIGKILL');
  await cli.ended;
  t.match(await settings(), [
    { name: `performance_schema.setup_instruments ${instrument}`, verdict: 'removable' },
  ]);
  const runs = await listRuns(stateDir);
  const before = (at: string) =>
    runs.map((run) => ({ ...run, lines: run.lines.map((line) => ({ ...line, at })) }));
  await withSession(connectionTo(server), {}, async (session) => {
    t.equal((await foundSwitches(session, runs)).length, 1);
    t.same(
      await foundSwitches(session, before('2020-01-01T00:00:00.000Z')),
      [],
      'what a restart has forgotten is on by the order of somebody else',
    );
  });
  // The server may take its time to notice that gh-ost is dead.
  await until('clean --apply puts the setting back', async () =>
    (await settings('--apply')).every(({ removal }) => removal?.removed === true),
  );
  t.equal(await enabled(), 'NO', 'put back');
  t.same(await settings(), []);
});
