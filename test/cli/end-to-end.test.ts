import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { assertSchema } from '../fixtures/schemas.js';
import { forEachServer } from '../servers.js';
import { cliEnvironment, startCli } from '../support/ghost-cli.js';
import { type Alterwise, alterwiseOn } from '../support/ghost-main.js';
import { agrees, privateTemp, stage } from '../support/ghost-stage.js';

privateTemp(t);

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const alterwise = await alterwiseOn(server);

  t.test('documents are what their schemas say: gh-ost', async (t) => {
    const on = await stage(t, server, { rows: 2_000 });
    const load = await on.load();
    const change = `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount BIGINT`;
    const { plan, result, events } = await documents(t, alterwise, [
      change,
      '--strategy=gh-ost',
      '--verbose',
    ]);
    const report = await load.stop();
    t.match(plan.statements[0], { strategy: 'gh-ost', estimate: { rough: true } });
    t.match(result, {
      exitCode: 0,
      statements: [{ outcome: 'done', strategy: 'gh-ost', rowsCopied: Number }],
    });
    t.match(result.statements[0].oldTable, RegExp(`^${on.schema.name}\\._.*_del$`));
    t.same(
      result.plan,
      events.find(({ type }) => type === 'plan')?.plan.id,
      'the result is that of the plan',
    );
    t.same(
      new Set(events.map(({ type }) => type)),
      new Set(['plan', 'phase', 'progress', 'gh-ost', 'outcome']),
    );
    t.same(new Set(events.map(({ run }) => run)), new Set([result.run]));
    t.match(await on.compare(report), agrees);
    t.same(await on.left(), [result.statements[0].oldTable]);
  });

  t.test('documents are what their schemas say: several statements, one after the other', async (t) => {
    const on = await stage(t, server, { rows: 500 });
    const { name } = on.table;
    const cwd = t.testdir({});
    const file = (sql: string) => writeFile(join(cwd, 'change.sql'), sql);
    const args = ['--file=change.sql', `--database=${on.schema.name}`];

    await file(
      `-- three things\nALTER TABLE ${name} ADD COLUMN extra INT;\nCREATE INDEX k_extra ON ${name} (extra);\n` +
        `ALTER TABLE ${name} ADD COLUMN note VARCHAR(20);`,
    );
    const { plan, result } = await documents(t, alterwise, args, cwd);
    t.match(plan.statements, [{ strategy: 'instant' }, { strategy: 'inplace' }, { strategy: 'nothing' }]);
    t.match(result, {
      exitCode: 0,
      statements: [{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'nothing' }],
    });
    t.match(await on.definition(), /`extra` int.*KEY `k_extra` \(`extra`\)/s);
    const again = await documents(t, alterwise, args, cwd);
    t.match(again.result, {
      exitCode: 0,
      statements: [{ outcome: 'nothing' }, { outcome: 'nothing' }, { outcome: 'nothing' }],
    });

    await file(
      `ALTER TABLE ${name} ADD COLUMN more_of_it INT; ALTER TABLE ${name} ADD COLUMN day VARCHAR(5);`,
    );
    const before = await on.definition();
    const refused = await documents(t, alterwise, args, cwd, 4);
    t.match(refused.result, {
      exitCode: 4,
      statements: [{ outcome: 'not-started' }, { outcome: 'refused', exitCode: 4 }],
    });
    t.equal(await on.definition(), before, 'where one is refused, none is begun');
  });

  t.test('documents are what their schemas say: a lock that is not obtained', async (t) => {
    const on = await stage(t, server, { rows: 100 });
    const holder = await on.hold();
    const change = `ALTER TABLE ${on.schema.name}.${on.table.name} ADD COLUMN a INT`;
    const { result, events } = await documents(t, alterwise, [change, '--lock-budget=3s'], undefined, 5);
    t.match(result.statements[0], {
      outcome: 'lock-timeout',
      blockers: [{ connectionId: holder.id, user: server.user, ageMs: Number, query: String }],
      next: RegExp(`KILL ${holder.id}`),
    });
    t.ok(events.some(({ type }) => type === 'blockers' || type === 'attempt'));
  });

  t.test('--out holds the whole result, and standard output nothing', async (t) => {
    const on = await stage(t, server, { rows: 10 });
    const cwd = t.testdir({});
    const change = `ALTER TABLE ${on.schema.name}.${on.table.name} ADD COLUMN a INT`;
    for (const command of ['plan', 'run']) {
      const { code, stdout } = await alterwise([command, change, '--format=json', '--out=out.json'], { cwd });
      t.same([code, stdout], [0, '']);
      const document = JSON.parse(await readFile(join(cwd, 'out.json'), 'utf8'));
      assertSchema(t, command === 'plan' ? 'plan' : 'result', document);
    }
  });

  t.test('a plan changes nothing and fits a screen', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const before = await on.definition();
    for (const spec of [
      'ADD COLUMN a INT',
      'MODIFY amount BIGINT',
      'ADD UNIQUE KEY (note, id), ADD KEY (day)',
    ]) {
      for (const strategy of ['auto', 'gh-ost']) {
        const { code, stdout } = await alterwise([
          ...['run', '--dry-run', `--table=${on.schema.name}.${on.table.name}`, `--alter=${spec}`],
          `--strategy=${strategy}`,
        ]);
        t.equal(code, 0, stdout);
        const lines = stdout.trimEnd().split('\n');
        t.ok(lines.length <= 30, `${lines.length} lines`);
        t.ok(lines.every((line) => line.length <= 100));
        for (const title of ['Change', 'Size', 'Method', 'Duration', 'Locks'])
          t.match(stdout, RegExp(`^ +${title} `, 'm'));
      }
    }
    t.equal(await on.definition(), before);
    t.same(await on.left(), []);
  });

  t.test('in a log, there is a line at least every ten seconds, and at each phase', async (t) => {
    const on = await stage(t, server, { rows: 1_000 });
    await on.schema.query('CREATE TABLE gate (closed INT)');
    await on.schema.query('INSERT INTO gate VALUES (1)');
    const change = `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount BIGINT`;
    const cli = startCli(
      t,
      [
        ...['run', change, '--strategy=gh-ost', '--progress=lines'],
        `--throttle-query=SELECT closed FROM ${on.schema.name}.gate`,
      ],
      await cliEnvironment(server),
    );
    const times: number[] = [];
    cli.child.stderr?.on('data', () => times.push(performance.now()));
    await sleep(24_000);
    await on.schema.query('UPDATE gate SET closed=0');
    const { code, stdout, stderr } = await cli.ended;
    t.equal(code, 0);
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time));
    t.ok(Math.max(...gaps) < 11_000, `the longest silence was ${Math.round(Math.max(...gaps))} ms`);
    t.match(stderr, /paused: throttle-query/);
    for (const phase of ['inspect', 'probe', 'copy', 'wait-cut-over', 'cut-over', 'clean-up']) {
      t.match(stderr, RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ \\S+: ${phase}: `, 'm'));
    }
    for (const line of stderr.trimEnd().split('\n')) t.match(line, /^(\d{4}-\d\d-\d\dT|Plan |\s|aw_|$)/);
    t.match(stdout, /: done\n/);
    t.match(stdout, /Old table +\S+_del is kept/);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: documents from outside, held against their schemas
type Document = any;

/** The plan, the result and the events of a run as a program reads them, each held against its schema. */
async function documents(
  t: Test,
  alterwise: Alterwise,
  args: readonly string[],
  cwd?: string,
  exitCode = 0,
): Promise<{ plan: Document; result: Document; events: Document[] }> {
  const options = cwd === undefined ? {} : { cwd };
  const planned = await alterwise(['plan', ...args, '--format=json'], options);
  const plan = JSON.parse(planned.stdout);
  assertSchema(t, 'plan', plan);
  const { code, stdout, stderr } = await alterwise(
    ['run', ...args, '--format=json', '--progress=ndjson'],
    options,
  );
  t.equal(code, exitCode, stdout);
  const result = JSON.parse(stdout);
  assertSchema(t, 'result', result);
  const events = stderr
    .trimEnd()
    .split('\n')
    .map((line): Document => JSON.parse(line));
  for (const event of events) assertSchema(t, 'event', event);
  return { plan, result, events };
}
