import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { asker, keyOf, makeNumbers, rowsWhere } from '../support/asking.js';

const servers = ['mysql-9.7', 'mariadb-10.11'] as const;

t.test(
  'keys that would repeat are counted, with and without an index, beside questions about rows',
  async (t) => {
    await forEachServer(t, servers, async (t, server) => {
      const schema = await freshSchema(t, server);
      await makeNumbers(schema, 10);
      await schema.query(
        'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b INT, c VARCHAR(20), x TEXT, KEY ba (b, a), KEY (c(3))) DEFAULT CHARSET utf8mb4',
      );
      await schema.query(
        "INSERT INTO t SELECT i, IF(i > 1000, NULL, i % 999), i % 7, CONCAT('c', i), IF(i < 4, 'same\\ntext', i) FROM numbers",
      );
      const ask = await asker(t, server, schema);
      const [a, prefix, text, ...more] = await ask('t', [
        keyOf('`t`.`a`'),
        keyOf('`a`', '`b`'),
        keyOf('LEFT(`c`, 4)'),
        keyOf('`x`'),
        keyOf('`id`', '`a`'),
        rowsWhere('`a` = -1'),
      ]);
      t.match(a, { id: 'test-key', level: 'danger', count: 1, samples: ['a=1 (2 rows)'] });
      t.match(prefix, { count: 25, samples: ['c=c100 (11 rows)', 'c=c101 (11 rows)', 'c=c102 (6 rows)'] });
      t.match(text, { count: 2, samples: ['x=same text (3 rows)'] });
      t.same(more, []);
      t.match(await ask('t', [keyOf('`b`', '`id`'), keyOf('`id`')]), [{ id: 'rows-fit', level: 'ok' }]);
    });
  },
);
