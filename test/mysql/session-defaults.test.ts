import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { withSession } from '../../lib/mysql/session.js';
import { startServer } from '../sandbox/index.js';
import { forEachServer } from '../servers.js';
import { connectionTo } from '../support/settings.js';

// A server of its own, since it is set as others are not.
await forEachServer(t, ['mariadb-10.11'], async (t, { kind }) => {
  const server = await startServer(kind);
  t.teardown(() => server.stop());
  const { host, port, user, password } = server;
  const root = await createConnection({ host, port, user, password });
  t.teardown(() => root.end());
  await root.query('CREATE DATABASE shop');
  await root.query('CREATE TABLE shop.t (id INT PRIMARY KEY)');
  await root.query('SET GLOBAL autocommit=0, GLOBAL foreign_key_checks=0');

  await t.test('what a server is set to does not make a write that is undone', async (t) => {
    await withSession(connectionTo(server), {}, async (session) => {
      await session.execute('INSERT INTO shop.t VALUES (1)');
      t.match(await session.rows('SELECT @@foreign_key_checks AS checks'), [{ checks: 1 }]);
    });
    const [rows] = await root.query('SELECT id FROM shop.t');
    t.same(rows, [{ id: 1 }]);
  });
});
