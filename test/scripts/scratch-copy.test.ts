import t from 'tap';
import { withScratchCopy } from '../../lib/scripts/scratch-copy.js';
import { forEachServer, freshSchema } from '../servers.js';
import { connectionTo } from '../support/settings.js';

await forEachServer(t, ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11', 'mariadb-11.4'], async (t, server) => {
  t.test('a table whose copy would have real rows is left out, and told', async (t) => {
    const [schema, behind] = [await freshSchema(t, server), await freshSchema(t, server)];
    await behind.query('CREATE TABLE r (id INT) ENGINE=MyISAM');
    await behind.query('INSERT INTO r VALUES (1)');
    await schema.query(`CREATE TABLE m (id INT) ENGINE=MERGE UNION=(${behind.name}.r) INSERT_METHOD=LAST`);
    await schema.query('CREATE TABLE t (id INT)');
    await withScratchCopy(connectionTo(server), schema.name, ['m'], async (copy) => {
      t.match(copy.missing, [{ name: 'm', why: /MRG_MyISAM/i }]);
      t.same([copy.bookkeeping, copy.emptied], [[], []]);
      t.same(
        await schema.query('SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=?', [
          copy.name,
        ]),
        [{ name: 't' }],
      );
    });
    t.same(await behind.query('SELECT * FROM r'), [{ id: 1 }]);
  });

  t.test('a foreign key to another schema is left out, and the others are there', async (t) => {
    // The one that is made last is dropped first: its foreign keys with it.
    const [other, schema] = [await freshSchema(t, server), await freshSchema(t, server)];
    await other.query('CREATE TABLE `p.q` (id INT PRIMARY KEY)');
    await other.query('INSERT INTO `p.q` VALUES (1)');
    await schema.query('CREATE TABLE p (id INT PRIMARY KEY)');
    await schema.query(
      `CREATE TABLE c (a INT, b INT, CONSTRAINT near FOREIGN KEY (a) REFERENCES p (id),
         CONSTRAINT far FOREIGN KEY (b) REFERENCES ${other.name}.\`p.q\` (id) ON DELETE CASCADE)`,
    );
    const holder = await schema.connect();
    await holder.query('START TRANSACTION');
    await holder.query(`SELECT * FROM ${other.name}.\`p.q\` FOR UPDATE`);
    await withScratchCopy(connectionTo(server), schema.name, [], async (copy) => {
      t.match(copy.missing, [{ name: 'c.far', why: /another schema/ }]);
      await schema.query('SET SESSION innodb_lock_wait_timeout=1');
      await schema.query(`INSERT INTO ${copy.name}.c VALUES (NULL, 1)`);
      const [made] = await schema.query<Record<string, string>>(`SHOW CREATE TABLE ${copy.name}.c`);
      t.match(made?.['Create Table'], /CONSTRAINT `near` FOREIGN KEY \(`a`\) REFERENCES `p`/);
    });
  });
});
