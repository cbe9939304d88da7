import knex, { type Knex } from 'knex';
import t from 'tap';
import { forEachServerInTurn, freshSchema } from '../../servers.js';
import { quietly } from '../side-by-side.js';
import { client } from './knex-client.js';

interface Named extends Knex.Migration {
  name: string;
  config?: { transaction: boolean };
}

const down = async () => {};
const onlyData: Named = { name: 'a', down, up: (q) => q('t').update({ name: 'changed' }) };
const onlyDdl: Named = {
  name: 'b',
  down,
  up: (q) => q.schema.alterTable('t', (table) => table.integer('more')),
};
const both: Named = {
  name: 'c',
  down,
  up: async (q) => {
    await q('t').update({ name: 'again' });
    await q.schema.alterTable('t', (table) => table.integer('most'));
  },
};

t.test('the transaction that Knex opens around a batch', async (t) => {
  quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20))');
    await schema.query("INSERT INTO t (name) VALUES ('one'), ('two')");
    const { host, port, user, password } = server;
    const connection = { host, port, user, password, database: schema.name };
    const db = knex({ client, connection, log: { error: () => {}, warn: () => {} } });
    t.teardown(() => db.destroy());
    const latest = (all: Named[]) =>
      db.migrate.latest({
        migrationSource: {
          getMigrations: async () => all,
          getMigrationName: ({ name }: Named) => name,
          getMigration: async (one: Named) => one,
        },
      });
    const names = async () => (await schema.query('SELECT name FROM t ORDER BY id')).map(({ name }) => name);
    const recorded = async () =>
      (await schema.query('SELECT name FROM knex_migrations')).map(({ name }) => name);

    await latest([onlyData, onlyDdl]);
    t.strictSame(await names(), ['changed', 'changed'], 'data and a change, each in a migration of its own');
    t.strictSame(await recorded(), ['a', 'b']);

    const error = await latest([onlyData, onlyDdl, both]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    t.match(error, { alterwise: { outcome: 'refused', reason: { id: 'open-transaction' } } });
    t.strictSame(await names(), ['changed', 'changed'], 'data before a change in one migration is refused');
    t.strictSame(await recorded(), ['a', 'b']);

    await latest([onlyData, onlyDdl, { ...both, config: { transaction: false } }]);
    t.strictSame(await names(), ['again', 'again'], 'and the way out is no transaction around it');
    t.strictSame(await recorded(), ['a', 'b', 'c']);
  });
});
