import t, { type Test } from 'tap';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { accountWith } from '../support/account.js';
import { asker, keyOf, rowsWhere, within } from '../support/asking.js';
import type { Account } from '../support/settings.js';

const create = 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT)';
const question = rowsWhere('`v` < 0');

t.test('the server is its own replica', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query(create);
    await schema.query('INSERT INTO t VALUES (1, 1), (2, -1)');
    const ask = await asker(t, server, schema);
    const { host, port } = server;
    t.match(await ask('t', [question, keyOf('`v`')], { settings: within(60_000, { host, port }) }), [
      { id: 'test-rows', level: 'danger', count: 1, samples: ['id=2'] },
    ]);
    t.match(
      await ask('t', [rowsWhere('`v` < -9')], { settings: within(60_000, { host }) }),
      [{ id: 'rows-fit' }],
      'the port is the same where none is said',
    );
    const nowhere = within(60_000, { host, port: 1 });
    await t.rejects(ask('t', [question], { settings: nowhere }), {
      id: 'check-from-unreachable',
      exitCode: 11,
      message: /--check-from.*127\.0\.0\.1:1 cannot be reached/,
    });
  });
});

t.test('another server is read as a replica only where it has the same table', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    await forEachServer(t, ['mysql-8.0'], async (t, other) => {
      const { schema, account, there } = await onBoth(t, server, other);
      const settings = within(60_000, { host: other.host, port: other.port });
      const ask = await asker(t, account, schema);
      await schema.query(create);
      await schema.query('INSERT INTO t VALUES (1, -1)');
      await t.rejects(ask('t', [question], { settings }), {
        id: 'check-from-no-table',
        message: /has no table/,
        exitCode: 11,
      });
      await there.query(`CREATE TABLE ${schema.name}.t (id INT NOT NULL PRIMARY KEY, v BIGINT)`);
      await t.rejects(ask('t', [question], { settings }), {
        id: 'check-from-differs',
        message: /differs/,
        exitCode: 11,
      });
      await there.query(`ALTER TABLE ${schema.name}.t MODIFY v INT`);
      await there.query(`INSERT INTO ${schema.name}.t VALUES (7, -1), (8, -1)`);
      t.match(
        await ask('t', [question], { settings }),
        [
          { id: 'check-from-lags', level: 'warning', text: /follows no other server/ },
          { id: 'test-rows', count: 2, samples: ['id=7', 'id=8'] },
        ],
        'the rows are those of the other one',
      );
    });
  });
});

/** An account and a schema of one name on two servers. */
async function onBoth(
  t: Test,
  server: TestServer,
  other: TestServer,
): Promise<{ schema: Schema; account: Account; there: Schema }> {
  const schema = await freshSchema(t, server);
  const there = await freshSchema(t, other);
  await there.query(`CREATE DATABASE ${schema.name}`);
  t.teardown(async () => void (await there.query(`DROP DATABASE ${schema.name}`)));
  const account = await accountWith(t, server, schema, ['ALL ON *.*']);
  await there.query(`CREATE USER ${account.name} IDENTIFIED BY '${account.password}'`);
  t.teardown(async () => void (await there.query(`DROP USER ${account.name}`)));
  await there.query(`GRANT ALL ON *.* TO ${account.name}`);
  return { schema, account, there };
}
