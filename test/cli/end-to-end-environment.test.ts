import t, { type Test } from 'tap';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { alterwiseOn } from '../support/ghost-main.js';
import { withOwnServer } from '../support/ghost-server.js';

interface Told {
  exitCode: number;
  reason: string;
  next: string;
}

async function orders(t: Test, server: TestServer): Promise<{ schema: Schema; run: Run }> {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE orders (id INT PRIMARY KEY, amount INT)');
  await schema.query('INSERT INTO orders VALUES (1, 10), (2, 20)');
  return { schema, run: await runOn(server, schema) };
}

type Run = (spec: string, ...args: string[]) => Promise<Told>;

/** Runs a change of the table by the command line, and gives what is told of it. */
async function runOn(
  account: Pick<TestServer, 'host' | 'port' | 'user' | 'password'>,
  schema: Schema,
): Promise<Run> {
  const alterwise = await alterwiseOn(account);
  return async (spec, ...args) => {
    const { code, stdout } = await alterwise([
      ...['run', '--table=orders', `--alter=${spec}`, `--database=${schema.name}`, '--format=json', ...args],
    ]);
    const document = JSON.parse(stdout);
    const { reason, text, next } = 'error' in document ? document.error : document.statements[0];
    return { exitCode: code, reason: reason?.text ?? text, next: next ?? '' };
  };
}

await withOwnServer(t, 'mysql-9.7', 'settings that gh-ost cannot work with', {}, async (t, server) => {
  const { schema, run } = await orders(t, server);
  const cases: [set: string, reason: RegExp, mend: RegExp][] = [
    [
      "binlog_format='STATEMENT'",
      /binlog_format is STATEMENT; gh-ost needs ROW/,
      /SET GLOBAL binlog_format='ROW'/,
    ],
    ["binlog_format='MIXED'", /binlog_format is MIXED/, /SET GLOBAL binlog_format='ROW'/],
    ["binlog_row_image='MINIMAL'", /binlog_row_image is MINIMAL/, /SET GLOBAL binlog_row_image='FULL'/],
    ["binlog_row_image='NOBLOB'", /binlog_row_image is NOBLOB/, /SET GLOBAL binlog_row_image='FULL'/],
    ["binlog_row_value_options='PARTIAL_JSON'", /PARTIAL_JSON/, /SET GLOBAL binlog_row_value_options=''/],
    ['binlog_transaction_compression=ON', /compressed/, /SET GLOBAL binlog_transaction_compression=OFF/],
  ];
  for (const [set, reason, mend] of cases) {
    t.test(set, async (t) => {
      await schema.query(`SET GLOBAL ${set}`);
      const told = await run('MODIFY amount BIGINT', '--strategy=gh-ost');
      t.match(told, { exitCode: 11, reason, next: mend });
      t.match(
        await run('ADD COLUMN a INT, ALGORITHM=INSTANT'),
        { exitCode: 0 },
        'the server itself can do without',
      );
      await schema.query('ALTER TABLE orders DROP COLUMN a');
      await schema.query(mend.exec(told.next)?.[0] ?? 'no statement that mends it');
      t.same(await tablesOf(schema), ['orders']);
    });
  }

  t.test('and with all of them mended', async (t) => {
    t.match(await run('MODIFY amount BIGINT', '--strategy=gh-ost'), { exitCode: 0 });
  });

  t.test('a server that is read-only', async (t) => {
    for (const variable of ['read_only', 'super_read_only']) {
      await schema.query(`SET GLOBAL ${variable}=ON`);
      const told = await run('ADD COLUMN a INT');
      await schema.query('SET GLOBAL super_read_only=OFF, GLOBAL read_only=OFF');
      t.match(told, { exitCode: 11, reason: /is read-only/, next: /Connect to the primary/ }, variable);
    }
  });
});

await withOwnServer(
  t,
  'mysql-9.7',
  'a server without a binlog',
  { 'skip-log-bin': '' },
  async (t, server) => {
    const { schema, run } = await orders(t, server);
    t.match(await run('MODIFY amount BIGINT', '--strategy=gh-ost'), {
      exitCode: 11,
      reason: /writes no binlog/,
      next: /Start it with log_bin/,
    });
    t.same(await tablesOf(schema), ['orders']);
    t.match(await run('ADD COLUMN a INT'), { exitCode: 0 });
    t.match(await run('MODIFY amount BIGINT'), { exitCode: 0 }, 'so small that a copy stalls nobody');
  },
);

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('an account learns what it lacks, and what is told mends it', async (t) => {
    const { schema } = await orders(t, server);
    const user = `aw_${schema.name.slice(-8)}`;
    await schema.query(`CREATE USER ${user} IDENTIFIED BY 'x'`);
    t.teardown(() => schema.connect().then((connection) => connection.query(`DROP USER ${user}`)));
    await schema.query(`GRANT SELECT ON \`${schema.name}\`.* TO ${user}`);
    const run = await runOn({ ...server, user, password: 'x' }, schema);

    const first = await run('ADD COLUMN a INT');
    t.match(first, { exitCode: 11, reason: RegExp(`'${user}'@'%' lacks privileges`) });
    t.match(first.next, RegExp(`GRANT ALTER, CREATE, .*INSERT ON \`${schema.name}\`\\.\\* TO '${user}'@'%'`));
    t.match(first.next, RegExp(`GRANT PROCESS ON \\*\\.\\* TO '${user}'@'%'`));
    for (const grant of first.next.split('; ')) await schema.query(grant);
    t.match(await run('ADD COLUMN a INT'), { exitCode: 0 });

    if (server.kind.startsWith('mariadb')) return;
    const second = await run('MODIFY amount BIGINT', '--strategy=gh-ost');
    t.match(second, { exitCode: 11, reason: /lacks privileges on/ });
    t.match(second.next, /GRANT REPLICATION CLIENT, REPLICATION SLAVE ON \*\.\*/);
    t.match(
      second.next,
      /GRANT ALTER, CREATE, DELETE, DROP, INDEX, INSERT, LOCK TABLES, SELECT, TRIGGER, UPDATE ON/,
    );
    t.match(second.next, /GRANT SELECT.* ON performance_schema\.\* TO/);
    t.same(await tablesOf(schema), ['orders']);
    const [grants = ''] = second.next.split(' Or: ');
    for (const grant of grants.split('; ')) await schema.query(grant);
    t.match(await run('MODIFY amount BIGINT', '--strategy=gh-ost'), { exitCode: 0 });
  });
});

async function tablesOf(schema: Schema): Promise<string[]> {
  const rows = await schema.query<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=?',
    [schema.name],
  );
  return rows.map(({ name }) => name);
}
