import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import t, { type Test } from 'tap';
import { built } from '../built.js';
import { assertSchema } from '../fixtures/schemas.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';

const root = dirname(built);
const both = ['mysql-9.7', 'mariadb-10.11'] as const;

/** A migrate script as people write them: with a table in which it keeps what it has run. */
const migrate = `
const mysql = require('mysql2/promise');
const steps = require('./steps.js');
(async () => {
  const c = await mysql.createConnection({ uri: process.env.APP_DATABASE, multipleStatements: true });
  await c.query('CREATE TABLE IF NOT EXISTS SequelizeMeta (name varchar(100) PRIMARY KEY)');
  const [rows] = await c.query('SELECT name FROM SequelizeMeta');
  for (const [name, step] of Object.entries(steps)) {
    if (rows.some((row) => row.name === name)) continue;
    await step(c);
    await c.execute('INSERT INTO SequelizeMeta VALUES (?)', [name]);
  }
  await c.end();
})().catch((error) => { console.error(error.message); process.exit(3); });
`;

/** Started by the script in a process of its own. */
const bare = `
require('mysql2/promise').createConnection(process.env.APP_DATABASE).then(async (d) => {
  await d.query('INSERT INTO orders (a) VALUES (4)');
  await d.end();
});
`;

interface App {
  /** The steps, as a module. */
  write(steps: string): void;
  alterwise(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  schema: Schema;
}

async function app(t: Test, server: TestServer, steps: string): Promise<App> {
  const schema = await freshSchema(t, server);
  const folder = mkdtempSync(join(tmpdir(), 'alterwise-app-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'node_modules/mysql2'), join(folder, 'node_modules/mysql2'));
  writeFileSync(join(folder, 'migrate.js'), migrate);
  writeFileSync(join(folder, 'steps.js'), `module.exports = {${steps}};`);
  writeFileSync(join(folder, 'bare.js'), bare);
  const { host, port, user, password } = server;
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    APP_DATABASE: `mysql://${user}:${password}@${host}:${port}/${schema.name}`,
    ALTERWISE_DSN: `mysql://${user}:${password}@${host}:${port}/${schema.name}`,
    ALTERWISE_STATE_DIR: join(folder, 'state'),
  };
  const main = join(root, 'dist/bin/alterwise.js');
  const alterwise = async (...args: string[]) => {
    const options = {
      cwd: folder,
      env,
      extendEnv: false,
      reject: false,
      timeout: 120_000,
      stdin: 'ignore',
    } as const;
    const { exitCode = -1, stdout, stderr } = await execa(process.execPath, [main, ...args], options);
    return { exitCode, stdout, stderr };
  };
  await schema.query('CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, a int, b varchar(20))');
  await schema.query("INSERT INTO orders (a, b) VALUES (1, 'x'), (2, 'y')");
  await schema.query(`CREATE TABLE ${markOf(schema)} (id int PRIMARY KEY)`);
  const write = (text: string) => writeFileSync(join(folder, 'steps.js'), text);
  return { alterwise, schema, write };
}

async function everything({ schema }: App): Promise<unknown> {
  const tables = await schema.query<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() ORDER BY 1',
  );
  const definitions: unknown[] = [];
  for (const { name } of tables) definitions.push(await schema.query(`SHOW CREATE TABLE ${name}`));
  return [definitions, await schema.query('SELECT * FROM orders ORDER BY id'), await copies(schema)];
}

const markOf = ({ name }: Schema) => `mark_${name}`;

async function copies(schema: Schema): Promise<unknown[]> {
  // Of this test, by a table that no other has.
  return schema.query(
    "SELECT TABLE_SCHEMA FROM information_schema.TABLES WHERE TABLE_SCHEMA LIKE '\\_alterwise\\_%' AND TABLE_NAME=?",
    [markOf(schema)],
  );
}

const usual = `
  one: (c) => c.query('ALTER TABLE orders ADD COLUMN note text'),
  two: (c) => c.query('CREATE INDEX by_a ON orders (a)'),
  three: async (c) => {
    await c.query('CREATE TABLE extra (id int PRIMARY KEY, order_id int)');
    await c.query('ALTER TABLE extra ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES orders (id)');
  },
  four: (c) => c.query('START TRANSACTION; ALTER TABLE extra RENAME TO order_lines; COMMIT'),
  five: async (c) => {
    const [[{ d }]] = await c.query('SELECT DATABASE() AS d');
    await c.query('ALTER TABLE \`' + d + '\`.orders MODIFY b varchar(60)');
  },`;

t.test('a script is planned without a change of anything real, and then run', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const it = await app(t, server, usual);
    await it.schema.query('CREATE INDEX by_a ON orders (a)'); // by hand, before
    const before = await everything(it);
    const planned = await it.alterwise('plan', '--format=json', '--', 'node', 'migrate.js');
    t.equal(planned.exitCode, 0, planned.stderr);
    t.strictSame(await everything(it), before);
    const plan = JSON.parse(planned.stdout);
    assertSchema(t, 'plan', plan);
    t.strictSame(
      plan.statements.map(({ strategy, table }: { strategy: string; table?: { name: string } }) => [
        table?.name,
        strategy === 'nothing' || strategy === 'plain' ? strategy : 'a change',
      ]),
      [
        ['orders', 'a change'],
        ['orders', 'nothing'],
        ['extra', 'plain'],
        ['extra', 'a change'],
        ['extra', 'plain'],
        ['orders', 'a change'],
      ],
    );
    t.notMatch(planned.stdout, '_alterwise_', 'the copy is not spoken of');

    const missing = await it.alterwise('verify', '--format=json', '--', 'node', 'migrate.js');
    t.equal(missing.exitCode, 8);
    assertSchema(t, 'verify', JSON.parse(missing.stdout));

    const done = await it.alterwise('run', '--format=json', '--', 'node', 'migrate.js');
    t.equal(done.exitCode, 0, done.stderr);
    const result = JSON.parse(done.stdout);
    assertSchema(t, 'result', result);
    t.strictSame(
      result.statements.map(({ outcome }: { outcome: string }) => outcome),
      ['done', 'nothing', 'done', 'done'],
    );
    const [row] = await it.schema.query<Record<string, string>>('SHOW CREATE TABLE order_lines');
    t.match(row?.['Create Table'], /of_order/);
    t.equal((await it.alterwise('verify', '--', 'node', 'migrate.js')).exitCode, 0);
    t.strictSame(await copies(it.schema), []);
  });
});

t.test('a plan that has to be reviewed is run as it was approved, and not otherwise', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const it = await app(t, server, usual);
    const before = await everything(it);
    const refused = await it.alterwise('run', '--review-rows=1', '--', 'node', 'migrate.js');
    t.equal(refused.exitCode, 3);
    t.strictSame(await everything(it), before);
    const plan = await it.alterwise(
      'plan',
      '--review-rows=1',
      '--format=json',
      '--out=p.json',
      '--',
      'node',
      'migrate.js',
    );
    t.equal(plan.exitCode, 0, plan.stderr);
    await it.schema.query('ALTER TABLE orders ADD COLUMN meanwhile int');
    const drifted = await it.alterwise('run', '--review-rows=1', '--plan=p.json', '--', 'node', 'migrate.js');
    t.equal(drifted.exitCode, 10, drifted.stderr);
    await it.schema.query('ALTER TABLE orders DROP COLUMN meanwhile');
    const done = await it.alterwise('run', '--review-rows=1', '--plan=p.json', '--', 'node', 'migrate.js');
    t.equal(done.exitCode, 0, done.stderr);
  });
});

t.test('a script that sends something else than it did on the copy is stopped', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const steps = (sql: string) => `
      one: (c) => c.query('ALTER TABLE orders ADD COLUMN d int'),
      two: async (c) => {
        const [rows] = await c.query('SELECT id FROM orders');
        if (rows.length > 0) await c.query('${sql}');
      },`;
    for (const sql of ['ALTER TABLE orders DROP COLUMN b', 'TRUNCATE TABLE orders']) {
      const it = await app(t, server, steps(sql));
      const done = await it.alterwise('run', '--format=json', '--', 'node', 'migrate.js');
      t.equal(done.exitCode, 10, done.stderr);
      t.match(done.stderr, /does not contain this statement/);
      t.match(await it.schema.query('SELECT b, d FROM orders ORDER BY id'), [
        { b: 'x', d: null },
        { b: 'y' },
      ]);
    }
  });
});

t.test('what cannot be foreseen is said', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const it = await app(
      t,
      server,
      `
      one: (c) => c.query('SELECT id FROM orders'),
      two: (c) => c.query('SET GLOBAL sort_buffer_size = 262144'),
      three: (c) => c.query('UPDATE orders SET a = 3'),
      four: (c) => c.query('/* alterwise strategy=gh-ost */ ALTER TABLE orders ADD COLUMN d int'),
      five: (c) => c.query('ALTER TABLE orders ADD COLUMN d text'),`,
    );
    const before = await everything(it);
    const planned = await it.alterwise('plan', '--format=json', '--', 'node', 'migrate.js');
    t.equal(planned.exitCode, 4, 'the script fails on the copy');
    const plan = JSON.parse(planned.stdout);
    t.strictSame(
      plan.script.unforeseen.map(({ id }: { id: string }) => id),
      ['reads-rows', 'not-carried-out', 'own-options', 'script-failed'],
    );
    t.match(
      plan.statements.map(({ sql }: { sql: string }) => sql),
      ['UPDATE orders SET a = 3', /ADD COLUMN d int/],
    );
    t.equal((await it.alterwise('run', '--', 'node', 'migrate.js')).exitCode, 4, 'and is not run for real');
    t.strictSame(await everything(it), before);
  });
});

const escapes = (schema: string) => [
  `c.changeUser({ database: '${schema}' }).then(() => c.query('INSERT INTO orders (a) VALUES (3)'))`,
  "c.query('CREATE TABLE mysql.aw_made (a int)')",
  "c.query('USE mysql').then(() => c.query('CREATE TABLE aw_made (a int)'))",
  `c.query('SET STATEMENT lock_wait_timeout=3 FOR UPDATE ${schema}.orders SET a = 9')`,
  `c.query("SET sql_mode='ANSI_QUOTES'").then(() => c.query('INSERT INTO "${schema}"."orders" (a) VALUES (3)'))`,
  `c.query('INSERT INTO /*!50000 ${schema}*/.orders (a) VALUES (3)')`,
  `c.query('INSERT INTO ${schema} . orders (a) VALUES (3)')`,
  `mysql.createConnection({ uri: new URL(process.env.APP_DATABASE) }).then(async (d) => {
     await d.query('INSERT INTO orders (a) VALUES (3)').finally(() => d.end());
   })`,
  `(async () => { new (require('mysql2').Connection)({ config: {} }); })()`,
  `(async () => { require('mariadb'); })()`,
  `c.query('SET FOREIGN_KEY_CHECKS=0; USE ${schema}; UPDATE orders SET a=9; SELECT 1').then(() => c.query('ALTER TABLE orders ADD COLUMN leaked int'))`,
  `new Promise((resolve) => require('child_process').exec('NODE_OPTIONS= node bare.js', resolve))`,
  `new Promise((resolve) => require('child_process').exec('env -i node bare.js', resolve))`,
  `new Promise((resolve) => { delete process.env.NODE_OPTIONS; require('child_process').fork('./bare.js').on('exit', resolve); })`,
  `new Promise((resolve) => require('child_process').execFile(process.execPath, ['-e', \`
     require('mysql2/promise').createConnection('\${process.env.APP_DATABASE}').then(async (d) => {
       await d.query('INSERT INTO orders (a) VALUES (3)'); await d.end(); });\`], { env: {} }, resolve))`,
];

t.test('there is no way past the copy', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const it = await app(t, server, '');
    const steps = escapes(it.schema.name).map((step, i) => `s${i}: (c) => ${step}.catch(() => {}),`);
    it.write(`const mysql = require('mysql2/promise'); module.exports = {${steps.join('\n')}};`);
    const before = await everything(it);
    const planned = await it.alterwise('plan', '--', 'node', 'migrate.js');
    t.match(planned.stdout, /was not executed/, planned.stderr);
    t.strictSame(await everything(it), before);
    t.strictSame(await it.schema.query("SHOW TABLES FROM mysql LIKE 'aw_made'"), []);
  });
});

t.test('a change that was planned and is not sent is missed', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const steps = `
      one: (c) => c.query('ALTER TABLE orders ADD COLUMN one int'),
      two: (c) => c.query('INSERT INTO marks VALUES (1)').then(() => c.query('ALTER TABLE orders ADD COLUMN two int')).catch(() => {}),`;
    const it = await app(t, server, steps);
    await it.schema.query('CREATE TABLE marks (id int PRIMARY KEY)');
    // On the copy there is none.
    await it.schema.query('INSERT INTO marks VALUES (1)');
    const missed = await it.alterwise('run', '--format=json', '--', 'node', 'migrate.js');
    t.equal(missed.exitCode, 9, missed.stderr);
    const { statements } = JSON.parse(missed.stdout);
    t.match(
      statements.filter(({ sql }: { sql: string }) => sql.startsWith('ALTER')),
      [{ outcome: 'done' }, { outcome: 'unknown', reason: { id: 'not-sent' } }],
    );
  });
});

t.test('DDL that is not for the copy is foreseen all the same', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const it = await app(
      t,
      server,
      "one: (c) => c.query('CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM orders'), two: (c) => c.query('ALTER TABLE orders ADD COLUMN d int'),",
    );
    const planned = await it.alterwise('plan', '--', 'node', 'migrate.js');
    t.match(planned, { exitCode: 0, stdout: /CREATE EVENT e .* was not executed/s });
    t.notMatch(planned.stdout, /DELETE FROM orders.*\n.*Touches/);
    const done = await it.alterwise('run', '--', 'node', 'migrate.js');
    t.equal(done.exitCode, 0, done.stderr);
    t.match(await it.schema.query('SHOW EVENTS'), [{ Name: 'e' }]);
    const other = await freshSchema(t, server);
    it.write(`module.exports = { three: (c) => c.query('DROP DATABASE ${other.name}') };`);
    const dropped = await it.alterwise('run', '--', 'node', 'migrate.js');
    t.match(dropped, { exitCode: 10, stderr: /does not contain this statement/ });
    t.match(await other.query('SELECT 1 AS one'), [{ one: 1 }], 'what takes away is not foreseen');
  });
});

t.test('an index that is dropped and made again as it is stays', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const it = await app(
      t,
      server,
      `
      one: (c) => c.query('DROP INDEX by_a ON orders'),
      two: (c) => c.query('CREATE UNIQUE INDEX by_a ON orders (a)'),`,
    );
    await it.schema.query('CREATE UNIQUE INDEX by_a ON orders (a)');
    const done = await it.alterwise('run', '--format=json', '--', 'node', 'migrate.js');
    t.equal(done.exitCode, 0, done.stderr);
    const { statements } = JSON.parse(done.stdout);
    t.match(statements, [{ outcome: 'nothing' }, { outcome: 'nothing' }]);
    const [index] = await it.schema.query("SHOW INDEX FROM orders WHERE Key_name='by_a'");
    t.ok(index);
  });
});

t.test('what would reach the real schema is not run', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const it = await app(t, server, "one: (c) => c.query('ALTER TABLE orders ADD COLUMN d int')");
    const before = await everything(it);
    const shell = await it.alterwise('plan', '--', 'sh', '-c', 'node migrate.js');
    t.match(shell, { exitCode: 2, stderr: /sh does not run on Node/ });
    t.match(await it.alterwise('plan', '--', 'no-such-program'), {
      exitCode: 2,
      stderr: /There is no program/,
    });
    const other = await freshSchema(t, server);
    const elsewhere = await it.alterwise('plan', `--database=${other.name}`, '--', 'node', 'migrate.js');
    t.match(elsewhere, { exitCode: 4, stdout: /exit code 3/, stderr: /only .* was copied/ });
    t.match(await it.alterwise('plan', 'ALTER TABLE a ADD b int', '--', 'node', 'migrate.js'), {
      exitCode: 2,
    });
    t.strictSame(await everything(it), before);
  });
});

t.test('rows that a table of another engine keeps elsewhere stay as they are', async (t) => {
  await forEachServer(t, both, async (t, server) => {
    const it = await app(
      t,
      server,
      "one: (c) => c.query('DELETE FROM m').then(() => c.query('INSERT INTO m VALUES (9)')),",
    );
    const behind = await freshSchema(t, server);
    await behind.query('CREATE TABLE kept (id int) ENGINE=MyISAM');
    await behind.query('INSERT INTO kept VALUES (1), (2)');
    await it.schema.query(
      `CREATE TABLE m (id int) ENGINE=MERGE UNION=(${behind.name}.kept) INSERT_METHOD=LAST`,
    );
    const planned = await it.alterwise('plan', '--format=json', '--', 'node', 'migrate.js');
    t.equal(planned.exitCode, 4, 'the script fails on the copy');
    t.match(JSON.parse(planned.stdout).script.unforeseen, [
      { id: 'not-in-copy', text: /^m is missing.*real rows/ },
      { id: 'script-failed' },
    ]);
    t.strictSame(await behind.query('SELECT id FROM kept'), [{ id: 1 }, { id: 2 }]);
  });
});
