import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Leftover } from '../../lib/clean/leftover.js';
import { startServer } from '../../lib/sandbox/index.js';
import { forEachServer } from '../servers.js';
import { answerOf } from '../support/alterwise.js';
import { cliEnvironment, startCli } from '../support/ghost-cli.js';
import { privateTemp, stage } from '../support/ghost-stage.js';
import { marked } from '../support/marked.js';

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
  const env = { ...(await cliEnvironment(server)), ALTERWISE_STATE_DIR: mkdtempSync(join(temp, 'state-')) };
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
  await untilGone(async () => (await settings('--apply')).every(({ removal }) => removal?.removed === true));
  t.equal(await enabled(), 'NO', 'put back');
  t.same(await settings(), []);
});

/** The server may take its time to notice that gh-ost is dead. */
async function untilGone(isGone: () => Promise<boolean>): Promise<void> {
  for (const start = performance.now(); !(await isGone()); ) {
    if (performance.now() - start > 20_000) throw new Error('it was not put back');
  }
}
