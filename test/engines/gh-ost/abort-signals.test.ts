import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { assertSchema } from '../../fixtures/schemas.js';
import { forEachServer } from '../../servers.js';
import { severalAtOnce } from '../../support/at-once.js';
import { cliEnvironment, type Line, startCli } from '../../support/ghost-cli.js';
import {
  agrees,
  leftNothing,
  privateTemp,
  type Stage,
  stage,
  usualStall,
} from '../../support/ghost-stage.js';

privateTemp(t);
/** An attempt to cut over waits 4 s for its lock; the rest is for what else is in its way. */
const longestMs = 6_000;

interface Moment {
  when(event: Line): boolean;
  args?: readonly string[];
  /** There is a transaction on the table: from the start on, or from that moment on. */
  held?: 'before' | 'then';
}

const copies = (event: Line) => event.type === 'progress' && Number(event.rowsCopied) > 0;
const isCopied = ({ type, text = '' }: Line) => type === 'gh-ost' && text.startsWith('Row copy complete');
const moments: [string, NodeJS.Signals, Moment][] = [
  ['while it looks', 'SIGTERM', { when: ({ phase }) => phase === 'inspect' }],
  ['in the rehearsal', 'SIGINT', { when: isCopied, args: ['--rehearse=always'] }],
  ['while it copies', 'SIGINT', { when: copies }],
  ['while it copies', 'SIGTERM', { when: copies }],
  ['while the swap waits', 'SIGTERM', { when: ({ type }) => type === 'blockers', held: 'before' }],
  ['during an attempt to swap', 'SIGINT', { when: ({ phase }) => phase === 'cut-over', held: 'then' }],
];

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const env = await cliEnvironment(server);
  const command = (on: Stage, more: readonly string[] = []) => [
    ...['run', `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount BIGINT`, '--strategy=gh-ost'],
    ...['--chunk-size=100', '--gh-ost-flag=--nice-ratio=2', '--verbose'],
    ...['--progress=ndjson', '--format=json', ...more],
  ];

  t.test('a signal ends it with 6 and leaves the table as it was', async (t) => {
    const cases = moments.map((each) => [`${each[1]} ${each[0]}`, each] as const);
    const usual = await usualStall(t, server);
    const ended = await severalAtOnce(t, cases, async (t, [, signal, { when, args, held }]) => {
      const on = await stage(t, server, { rows: 10_000 });
      const before = await on.definition();
      const load = await on.load();
      const holder = held && (await (held === 'before' ? on.hold() : on.holder()));
      const cli = startCli(t, command(on, args), env);
      await cli.until(when);
      if (held === 'then') await holder?.take();
      cli.child.kill(signal);
      const { code, stdout } = await cli.ended;
      await holder?.end();
      const report = await load.stop();
      t.equal(code, 6);
      const document = JSON.parse(stdout);
      assertSchema(t, 'error' in document ? 'error' : 'result', document);
      const { state } = 'error' in document ? document.error : document.statements[0];
      t.match(state, /is as it was|Nothing was changed/);
      t.match(cli.events.find(({ id }) => id === 'stopping')?.text, signal);
      t.equal(await on.definition(), before);
      t.same(await on.beside(), []);
      t.match(await on.compare(report), agrees);
      return { schema: on.schema, stallMs: Math.round(report.longestStallMs ?? 0) };
    });
    await leftNothing(t, ended, longestMs, await usual());
  });

  t.test('a second Ctrl-C leaves at once and names what is left', async (t) => {
    const on = await stage(t, server, { rows: 1_000 });
    const load = await on.load();
    const holder = await on.holder();
    const cli = startCli(t, command(on, ['--cut-over-lock-timeout=5']), env);
    await cli.until(({ phase }) => phase === 'cut-over');
    await holder.take();
    await cli.until(({ type, text = '' }) => type === 'gh-ost' && text.startsWith('Locking'));
    cli.child.kill('SIGINT');
    await sleep(1_100);
    t.equal(cli.child.exitCode, null, 'an attempt may end first');
    cli.child.kill('SIGINT');
    const start = performance.now();
    const { code, stdout } = await cli.ended;
    const tookMs = Math.round(performance.now() - start);
    t.ok(tookMs < 8_000, `gone after ${tookMs} ms`);
    await holder.end();
    t.equal(code, 6);
    const [result] = JSON.parse(stdout).statements;
    t.match(result, { outcome: 'aborted', next: /Drop .*_gho/ });
    t.same(result.left.toSorted(), await on.left(), 'tables, but no process and no folder');
    const report = await load.stop();
    t.match(await on.compare(report), agrees);
  });

  t.test('a signal after the swap: it is done, exit 0', async (t) => {
    const on = await stage(t, server, { rows: 1_000 });
    const cli = startCli(t, command(on), env);
    await cli.until(({ type, text = '' }) => type === 'gh-ost' && text.startsWith('Tables renamed'));
    cli.child.kill('SIGINT');
    const { code, stdout } = await cli.ended;
    t.equal(code, 0);
    const [result] = JSON.parse(stdout).statements;
    t.match(result, { outcome: 'done' });
    t.same(await on.left(), [result.oldTable]);
  });
});
