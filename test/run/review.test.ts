import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { main } from '../../lib/cli/main.js';
import type { Plan } from '../../lib/documents/plan.js';
import { fakeIo } from '../fixtures/io.js';
import { assertSchema } from '../fixtures/schemas.js';
import { forEachServer, freshSchema, type TestServer } from '../servers.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('above --review-rows a run stops, and says how to go on', async (t) => {
    const on = await table(t, server);
    const stopped = await on.alterwise('run', add('z'), '--review-rows=1');
    t.equal(stopped.code, 3);
    t.match(stopped.document, {
      exitCode: 3,
      statements: [{ outcome: 'not-started', reason: { id: 'review-required' } }],
    });
    assertSchema(t, 'result', stopped.document);
    t.match(stopped.document.statements[0].next, /--plan plan\.json.*--approve [0-9a-f]{10}/);
    t.notMatch(await on.definition(), /`z`/);
    t.equal((await on.alterwise('run', add('z'), '--review-rows=2')).code, 0, 'as many as that need none');
    t.equal((await on.alterwise('run', add('z'), '--review-rows=1')).code, 0, 'nor does what is in place');
  });

  t.test('the very plan that was approved is run, and no other', async (t) => {
    const on = await table(t, server);
    const { document: plan } = await on.alterwise('plan', add('z'), '--review-rows=1');
    t.match(plan, { review: { required: true, reasons: [{ id: 'review-rows' }] } });
    assertSchema(t, 'plan', plan);
    const other = await on.alterwise('run', add('y'), '--review-rows=1', `--approve=${plan.id}`);
    t.equal(other.code, 10);
    t.match(other.document.error, {
      id: 'drifted',
      text: `Plan ${plan.id} was approved, but the plan is now `,
    });
    await on.query('INSERT INTO t VALUES (3, 3)');
    t.equal(
      (await on.alterwise('run', add('z'), '--review-rows=1', `--approve=${plan.id}`)).code,
      0,
      'a row more is no other plan',
    );
    t.match(await on.definition(), /`z`/);
  });

  t.test(
    'a pipeline: a stage prints the plan, a human approves, the next stage runs exactly that',
    async (t) => {
      const on = await table(t, server);
      await writeFile(join(on.folder, '045.sql'), 'ALTER TABLE t ADD z INT;\nALTER TABLE t ADD INDEX (z);');
      const args = ['--file=045.sql', '--review-rows=1'];
      const printed = await on.alterwise('plan', ...args, '--format=markdown');
      t.match(printed.text, /^#/m);
      await on.alterwise('plan', ...args, '--out=plan.json');
      t.equal((await on.alterwise('run', ...args)).code, 3);
      const done = await on.alterwise('run', '--plan=plan.json', '--review-rows=1');
      t.equal(done.code, 0, JSON.stringify(done.document));
      t.match(done.document, { statements: [{ outcome: 'done' }, { outcome: 'done' }] });
      const again = await on.alterwise('run', '--plan=plan.json', '--review-rows=1');
      t.match(again.document, { exitCode: 0, statements: [{ outcome: 'nothing' }, { outcome: 'nothing' }] });
    },
  );

  t.test('a plan that does not hold any more is refused, with what is different', async (t) => {
    const causes: Record<string, [change: (on: On) => Promise<unknown>, text: RegExp, ...flags: string[]]> = {
      'the definition': [
        (on) => on.query('ALTER TABLE t ADD w INT'),
        /definition of the table has changed:.*\+ `w` int/,
      ],
      'its age': [
        (on) => on.edit((plan) => ({ ...plan, createdAt: '2020-01-01T00:00:00.000Z' })),
        /old, more than --plan-max-age/,
      ],
      'the rows': [
        (on) =>
          on.query(
            'INSERT INTO t SELECT a.id*100 + b.id*10 + 5, 1 FROM t a, t b, t c, t d WHERE c.id=1 AND d.id=1',
          ),
        /had 2 rows, and has 6/,
        '--review-rows=1',
      ],
      'the settings that decide': [async () => {}, /settings that decide/, '--stall-budget=7s'],
      'the server': [
        (on) =>
          on.edit((plan) => ({ ...plan, server: { ...plan.server, uuid: 'another', host: 'db9:3306' } })),
        /made for the server db9:3306/,
      ],
      'its version': [
        (on) => on.edit((plan) => ({ ...plan, server: { ...plan.server, version: '5.5.1' } })),
        /server was 5\.5\.1/,
      ],
    };
    for (const [name, [change, text, ...flags]] of Object.entries(causes)) {
      const on = await table(t, server);
      await on.alterwise('plan', add('z'), '--review-rows=1', '--out=plan.json');
      await change(on);
      const refused = await on.alterwise(
        'run',
        '--plan=plan.json',
        ...(flags.some((flag) => flag.startsWith('--review')) ? flags : ['--review-rows=1', ...flags]),
      );
      t.equal(refused.code, 10, name);
      t.match(refused.document, { error: { id: 'drifted', text } }, name);
      t.notMatch(await on.definition(), /`z`/, name);
    }
  });

  t.test('a plan that was edited, or is none, is refused', async (t) => {
    const on = await table(t, server);
    await on.alterwise('plan', add('z'), '--out=plan.json');
    await on.edit((plan) => ({
      ...plan,
      statements: plan.statements.map((each) => ({ ...each, sql: each.sql.replace('z', 'y') })),
    }));
    const edited = await on.alterwise('run', '--plan=plan.json');
    t.match([edited.code, edited.document.error.text], [2, /was changed after/]);
    for (const text of ['{}', 'no JSON', '{"version":1,"id":"0123456789","statements":[]}']) {
      await writeFile(join(on.folder, 'plan.json'), text);
      t.equal((await on.alterwise('run', '--plan=plan.json')).code, 2, text);
    }
    t.equal((await on.alterwise('run', '--plan=nothere.json')).code, 2);
    t.equal((await on.alterwise('run', add('z'), '--plan=plan.json')).code, 2, 'one source of statements');
  });

  t.test('in a terminal the name of the table is an approval', async (t) => {
    for (const [typed, code] of [
      ['t\n', 0],
      ['no\n', 3],
      ['no\nt\n', 0],
      ['\nt\n', 3],
      ['', 3],
    ] as const) {
      const on = await table(t, server);
      const answered = await on.alterwise('run', add('z'), '--review-rows=1', '--progress=lines', { typed });
      t.equal(answered.code, code, JSON.stringify(typed));
      t.match(answered.shown, /more than --review-rows/);
      t.match(answered.shown, /type the name of the table \(t\)/);
      t.equal(/That is not t\./.test(answered.shown), typed.startsWith('no'));
      t.equal(/`z`/.test(await on.definition()), code === 0);
    }
  });
});

function add(column: string): string {
  return `ALTER TABLE t ADD ${column} INT`;
}

type On = Awaited<ReturnType<typeof table>>;

async function table(t: Test, server: TestServer) {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
  await schema.query('INSERT INTO t VALUES (1, 1), (2, 2)');
  const folder = t.testdir({});
  const env = {
    ALTERWISE_HOST: server.host,
    ALTERWISE_PORT: String(server.port),
    ALTERWISE_USER: server.user,
    ALTERWISE_PASSWORD: server.password,
    ALTERWISE_DATABASE: schema.name,
    ALTERWISE_STATE_DIR: join(folder, 'state'),
    ALTERWISE_FORMAT: 'json',
  };
  const planFile = join(folder, 'plan.json');
  return {
    folder,
    query: (sql: string) => schema.query(sql),
    definition: async () => {
      const [row] = await schema.query<Record<string, string>>('SHOW CREATE TABLE t');
      return row?.['Create Table'] ?? '';
    },
    edit: async (change: (plan: Plan) => object) => {
      const plan = JSON.parse(await readFile(planFile, 'utf8')) as Plan;
      await writeFile(planFile, JSON.stringify(change(plan)));
    },
    alterwise: async (...args: (string | { typed: string })[]) => {
      const typed = args.find((arg) => typeof arg !== 'string')?.typed;
      const io = fakeIo({ cwd: folder, env, ...(typed !== undefined && { stdin: typed }) });
      if (typed !== undefined) {
        Object.assign(io.stdin, { isTTY: true });
        Object.assign(io.stderr, { isTTY: true });
      }
      const code = await main(
        args.filter((arg) => typeof arg === 'string'),
        io,
      );
      const text = io.stdout.text;
      return { code, text, shown: io.stderr.text, document: text.startsWith('{') ? JSON.parse(text) : {} };
    },
  };
}
