import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { serverKinds } from './index.js';

t.test('each kind is what its name says, and is set up for gh-ost', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const [facts] = await schema.query(
      'SELECT VERSION() version, @@log_bin log_bin, @@binlog_format format, @@binlog_row_image image, ' +
        '@@log_slave_updates updates, @@performance_schema ps, CURRENT_USER() user, DATABASE() name',
    );
    const [flavor, number = ''] = server.kind.split('-');
    t.ok(String(facts?.version).startsWith(`${number}.`), String(facts?.version));
    t.equal(String(facts?.version).includes('MariaDB'), flavor === 'mariadb');
    t.match(facts, {
      log_bin: 1,
      format: 'ROW',
      image: 'FULL',
      updates: 1,
      ps: 1,
      user: 'root@%',
      name: schema.name,
    });
    if (flavor === 'mysql') t.same(await schema.query('SELECT @@gtid_mode mode'), [{ mode: 'ON' }]);
    const users = await schema.query(
      "SELECT host AS host FROM mysql.user WHERE user IN ('', 'root') ORDER BY host",
    );
    t.same(users, [{ host: '%' }, { host: 'localhost' }], 'nobody gets in without the password');
  });
});

t.test('a schema goes with its test, whatever the test has left in its way', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    let name = '';
    await t.test('a table that is locked by an open transaction', async (t) => {
      const schema = await freshSchema(t, server);
      name = schema.name;
      await schema.query('CREATE TABLE a (id INT PRIMARY KEY)');
      const other = await schema.connect();
      await other.query('LOCK TABLES a WRITE');
      void other.query('SELECT SLEEP(60)').catch(() => {}); // its connection is destroyed
    });
    const schema = await freshSchema(t, server);
    const sql = 'SELECT COUNT(*) n FROM information_schema.schemata WHERE schema_name = ?';
    t.same(await schema.query(sql, [name]), [{ n: 0 }]);
  });
});
