import t from 'tap';
import { foundTables } from '../../lib/clean/tables.js';
import { sentryComment } from '../../lib/engines/gh-ost/tables/leftovers.js';
import { withSession } from '../../lib/mysql/session.js';
import { forEachServer, freshSchema } from '../servers.js';
import { connectionTo } from '../support/settings.js';
import { deadRun } from './known-run.js';

await forEachServer(t, ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  const connection = connectionTo(server);
  const table = { schema: schema.name, name: 't' };
  const engine = { version: '1', spec: 'x', flags: 'y', folder: '/nowhere' };
  const run = deadRun([{ type: 'engine', index: 0, table, ...engine }]);
  await schema.query('CREATE TABLE t (id INT)');
  await schema.query('INSERT INTO t VALUES (1)');
  const makeSentry = () => schema.query(`CREATE TABLE _t_del (id INT) COMMENT='${sentryComment}'`);
  const names = async () => (await schema.query<object>('SHOW TABLES')).flatMap((row) => Object.values(row));

  await withSession(connection, {}, async (session) => {
    const sentry = async () => {
      const all = await foundTables(session, [run], connection);
      const found = all.find(({ name }) => name === `${schema.name}._t_del`);
      t.match(found, { verdict: 'removable', run: 'dead-run' });
      return found?.remove ?? (() => Promise.reject(new Error('not removable')));
    };

    await t.test('a sentry that has become an original since it was listed is left', async (t) => {
      await makeSentry();
      const remove = await sentry();
      await schema.query('DROP TABLE _t_del');
      await schema.query('RENAME TABLE t TO _t_del');
      t.match(await remove(), /differs from what was listed; it was kept/);
      t.same(await schema.query('SELECT id FROM _t_del'), [{ id: 1 }]);
      await schema.query('RENAME TABLE _t_del TO t');
    });

    await t.test('so is a sentry that was made anew; the one that was listed is dropped', async (t) => {
      await makeSentry();
      const remove = await sentry();
      // The server tells the time of creation in whole seconds.
      await schema.query('DO SLEEP(1.1)');
      await schema.query('DROP TABLE _t_del');
      await makeSentry();
      t.match(await remove(), /it was kept/);
      t.same(await names(), ['_t_del', 't']);
      t.equal(await (await sentry())(), undefined);
      t.same(await names(), ['t']);
    });
  });
});
