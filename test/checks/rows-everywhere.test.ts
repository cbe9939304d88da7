import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { planOf } from '../support/row-hazards.js';

t.test('every server answers, or says that it does not know', async (t) => {
  await forEachServer(t, ['mysql-5.7', 'mysql-8.0', 'mariadb-11.4'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE p (id INT NOT NULL PRIMARY KEY)');
    await schema.query(
      'CREATE TABLE t (id INT NOT NULL, d DATE, e VARCHAR(20) COLLATE utf8mb4_bin, n INT, PRIMARY KEY (id)) DEFAULT CHARSET utf8mb4',
    );
    await schema.query(
      "INSERT INTO t VALUES (1, '2019-01-01', 'a', 1), (2, '2024-01-01', 'A', NULL), (3, NULL, 'b', 4)",
    );
    const asked = async (alter: string) => {
      const { checks } = await planOf(server, schema, alter);
      return checks.flatMap(({ id, count, level }) => (level === 'danger' ? [`${id} ${count}`] : []));
    };
    t.same(await asked('MODIFY n INT NOT NULL'), ['null-values 1']);
    t.same(await asked('MODIFY e VARCHAR(20) COLLATE utf8mb4_general_ci, ADD UNIQUE (e)'), [
      'duplicate-key 1',
    ]);
    t.same(await asked('ADD FOREIGN KEY (n) REFERENCES p (id)'), ['orphans 2']);
    const scheme = '(PARTITION p0 VALUES LESS THAN (2), PARTITION p1 VALUES LESS THAN (3))';
    t.same(await asked(`PARTITION BY RANGE (id) ${scheme}`), ['no-partition 1']);
    if (server.kind === 'mariadb-11.4') t.same(await asked('ADD CHECK (n < 4)'), ['refused-by-check 1']);
  });
});
