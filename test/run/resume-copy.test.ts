import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RunResult } from '../../lib/documents/result.js';
import type { RunStatus } from '../../lib/documents/status.js';
import { forEachServer } from '../servers.js';
import { alterwise, answerOf } from '../support/alterwise.js';
import { cliEnvironment, type Line, startCli } from '../support/ghost-cli.js';
import { agrees, privateTemp, stage } from '../support/ghost-stage.js';
import { marked } from '../support/marked.js';

// A socket's path has to be short.
const temp = privateTemp(t);

const common = [
  '--strategy',
  'gh-ost',
  '--rehearse',
  'off',
  '--forecast',
  'rates',
  '--progress',
  'ndjson',
  '--verbose',
];
const slow = ['--chunk-size', '50', '--gh-ost-flag=--nice-ratio=20', '--gh-ost-flag=--checkpoint-seconds=10'];

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const env = { ...(await cliEnvironment(server)), ALTERWISE_STATE_DIR: mkdtempSync(join(temp, 'state-')) };
  const on = await stage(t, server, { rows: 20_000 });
  const load = await on.load({ perSecond: 50 });
  const label = `${on.schema.name}.${on.table.name}`;
  const sql = `ALTER TABLE ${label} MODIFY amount BIGINT`;
  const copies = ({ type, phase }: Line) => type === 'progress' && phase === 'copy';

  await t.test('one that died before its first checkpoint is begun anew', async (t) => {
    const cli = startCli(t, ['run', sql, ...common, ...slow], env);
    await cli.until(copies);
    await marked(on.schema, on.table.name);
    cli.child.kill('SIGKILL');
    await cli.ended;
    t.match((await status()).state, 'interrupted');
    const again = startCli(t, ['run', sql, ...common, ...slow, '--format', 'json'], env);
    await again.until(
      ({ type, id, text }) =>
        type === 'warning' && id === 'begun-anew' && /before its first checkpoint/.test(text ?? ''),
    );
    await again.until(({ type, text }) => type === 'gh-ost' && /checkpoint success/.test(text ?? ''));
    again.child.kill('SIGKILL');
    await again.ended;
  });

  await t.test('one that died later goes on from its checkpoint, and is compared in full', async (t) => {
    const { run } = await status();
    const other = await alterwise(
      env,
      'plan',
      `ALTER TABLE ${label} MODIFY amount DECIMAL(20)`,
      '--strategy',
      'gh-ost',
      '--forecast',
      'rates',
    );
    t.match(other.stdout, /earlier-copy/);
    const cli = startCli(
      t,
      [
        'run',
        '--resume',
        run.slice(0, 8),
        ...common,
        '--format',
        'json',
        '--gh-ost-flag=--checkpoint-seconds=10',
      ],
      env,
    );
    const { code, stdout } = await cli.ended;
    t.equal(code, 0);
    t.ok(
      cli.events.some(({ type, id }) => type === 'warning' && id === 'resumed'),
      'it says that it goes on',
    );
    t.notOk(
      cli.events.some(({ type, text }) => type === 'gh-ost' && /Creating ghost table/.test(text ?? '')),
    );
    const [result] = (JSON.parse(stdout) as RunResult).statements;
    t.match(result, { outcome: 'done' });
    t.ok((result?.rowsCompared ?? 0) >= 20_000 - 2_000, `${result?.rowsCompared} rows were compared`);
  });

  const report = await load.stop();
  t.match(await on.compare(report), agrees);

  async function status(): Promise<RunStatus> {
    const { runs } = await answerOf<{ runs: RunStatus[] }>(env, 'status');
    const [newest] = runs;
    if (newest === undefined) throw new Error('no run');
    return newest;
  }
});
