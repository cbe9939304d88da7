import t from 'tap';
import { CutOff } from '../../lib/rows/reader.js';
import { forEachServer, freshSchema } from '../servers.js';
import { comparePair } from '../support/compare-pair.js';

/** `match` takes any list for an empty one. */
const none = { differences: { length: 0 }, restless: { length: 0 } };

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('rows that are missing, different and too many are told by their keys', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20))');
    await schema.query('CREATE TABLE g (id BIGINT PRIMARY KEY, a INT, b VARCHAR(20), c INT DEFAULT 5)');
    const values = Array.from({ length: 6_000 }, (_, at) => `(${at * 3}, ${at}, 'b${at}')`).join();
    await schema.query(`INSERT INTO t VALUES ${values}`);
    await schema.query('INSERT INTO g (id, a, b) SELECT * FROM t');
    t.match(await comparePair(server, schema), { ...none, rowsCompared: 6_000 });
    await schema.query('DELETE FROM g WHERE id=0');
    await schema.query('UPDATE g SET a=NULL WHERE id=9000');
    await schema.query('UPDATE g SET b=UPPER(b) WHERE id=9003');
    await schema.query("INSERT INTO g (id, b) VALUES (-1, 'first'), (10, 'middle'), (9000000, 'last')");
    const found = await comparePair(server, schema);
    t.same(found?.differences.map(({ what, key }) => `${what} ${key}`).sort(), [
      'lost id=0',
      'lost id=9000',
      'lost id=9003',
      'surplus id=-1',
      'surplus id=10',
      'surplus id=9000000',
    ]);
    t.equal(found?.rowsCompared, 6_000);
  });

  t.test('what was found stays found where the comparison does not come to its end', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    await schema.query('CREATE TABLE g LIKE t');
    await schema.query('INSERT INTO t VALUES (1), (2)');
    await schema.query('INSERT INTO g VALUES (1)');
    const stride = () => {
      if (parts++ > 0) throw new CutOff(false);
      return 1;
    };
    let parts = 0;
    t.match(await comparePair(server, schema, { context: { stride } }), {
      differences: [{ what: 'lost', key: 'id=2' }],
    });
    parts = 0;
    await schema.query('INSERT INTO g VALUES (2)');
    await t.rejects(comparePair(server, schema, { context: { stride } }), { message: 'cut off' });
  });

  t.test('a key that statements may not name is not used', async (t) => {
    const schema = await freshSchema(t, server);
    const hidden = server.kind.startsWith('mariadb') ? 'IGNORED' : 'INVISIBLE';
    const columns = "k ENUM('z','a') NOT NULL, n INT NOT NULL, v INT";
    await schema.query(`CREATE TABLE t (${columns}, PRIMARY KEY (k), UNIQUE KEY u (n) ${hidden})`);
    await schema.query('CREATE TABLE g LIKE t');
    await schema.query("INSERT INTO t VALUES ('z', 1, 1), ('a', 2, 2)");
    await schema.query("INSERT INTO g VALUES ('z', 1, 1), ('a', 2, 3)");
    t.match(await comparePair(server, schema, { key: ['k'] }), { differences: [{ key: 'k=a' }] });
  });

  t.test('a copy that is broken all over is enough when it has a thousand differences', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    await schema.query('CREATE TABLE g LIKE t');
    const values = Array.from({ length: 9_000 }, (_, at) => `(${at})`).join();
    await schema.query(`INSERT INTO g VALUES ${values}`);
    const found = await comparePair(server, schema);
    const count = found?.differences.length ?? 0;
    t.ok(count >= 1_000 && count < 9_000, `${count} differences`);
    t.equal(found?.rowsCompared, 0);
  });

  t.test('a row that is late is looked at again until it has come', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
    await schema.query('CREATE TABLE g LIKE t');
    await schema.query('INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)');
    await schema.query('INSERT INTO g VALUES (1, 1), (2, 1), (4, 4)');
    let marks = 0;
    const caughtUp = async () => {
      marks += 1;
      if (marks === 2) {
        await schema.query('REPLACE INTO g VALUES (2, 2), (3, 3)');
        await schema.query('DELETE FROM g WHERE id=4');
      }
    };
    const found = await comparePair(server, schema, { context: { caughtUp } });
    t.match(found, { ...none, rowsCompared: 3 });
    t.ok((found?.looksAgain ?? 0) > 0);
  });

  t.test('a row that is written back and forth, against a copy that is late, is no difference', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, flag INT)');
    await schema.query('CREATE TABLE g LIKE t');
    await schema.query('INSERT INTO t VALUES (1, 0), (2, 0)');
    await schema.query('INSERT INTO g VALUES (1, 9), (2, 0), (3, 0)');
    let stopped = false;
    // The copy is never equal, and each look may by chance see what the one before has seen.
    const writing = (async () => {
      while (!stopped) {
        await schema.query('UPDATE t SET flag=(flag + 1) % 4 WHERE id=1');
        await schema.query('DELETE FROM t WHERE id=3');
        await schema.query('INSERT INTO t VALUES (3, 0)');
      }
    })();
    const caughtUp = () => new Promise<void>((done) => setTimeout(done, 400));
    const found = await comparePair(server, schema, { context: { caughtUp } });
    stopped = true;
    await writing;
    t.same(found?.differences, []);
    t.same(found?.restless, ['id=1'], 'and nothing is said of it');
  });

  t.test('a sample looks at a part', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    const values = Array.from({ length: 9_000 }, (_, at) => `(${at})`).join();
    await schema.query(`INSERT INTO t VALUES ${values}`);
    await schema.query('CREATE TABLE g SELECT * FROM t');
    await schema.query('ALTER TABLE g ADD PRIMARY KEY (id)');
    await schema.query('DELETE FROM g WHERE id IN (7, 8999)');
    const passed: number[] = [];
    const report = (_: number, rows: number) => passed.push(rows);
    const found = await comparePair(server, schema, { context: { stride: () => 20, report } });
    t.match(found?.differences, [{ what: 'lost', key: 'id=7' }]);
    t.equal(found?.rowsCompared, 2_000);
    t.ok((passed.at(-1) ?? 0) > 17_000, 'the rest is stepped over');
  });

  t.test('renamed columns, generated ones, and one that is dropped and made anew', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, e INT, twice INT AS (a * 2))');
    await schema.query(
      'CREATE TABLE g (id INT PRIMARY KEY, b INT, e VARCHAR(9), twice INT AS (b * 3) STORED)',
    );
    await schema.query('INSERT INTO t (id, a, e) VALUES (1, 1, 9), (2, 2, 9)');
    await schema.query("INSERT INTO g (id, b, e) VALUES (1, 1, 'new'), (2, 0, 'new')");
    const renames = [{ from: 'a', to: 'b' }];
    const found = await comparePair(server, schema, { renames, drops: new Set(['e']) });
    t.same(found?.differences, [{ what: 'lost', key: 'id=2' }]);
  });

  t.test('a generated column that becomes a plain one has to keep its values', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, twice INT AS (id * 2) STORED)');
    await schema.query('CREATE TABLE g (id INT PRIMARY KEY, twice INT)');
    await schema.query('INSERT INTO t (id) VALUES (1), (2)');
    await schema.query('INSERT INTO g VALUES (1, 2), (2, NULL)');
    t.same((await comparePair(server, schema))?.differences, [{ what: 'lost', key: 'id=2' }]);
  });

  t.test('ALTER keeps the zeros of a ZEROFILL as letters, and INSERT … SELECT does not', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, c INT(6) ZEROFILL)');
    await schema.query('CREATE TABLE g (id INT PRIMARY KEY, c VARCHAR(9))');
    await schema.query('INSERT INTO t VALUES (1, 42), (2, 123456)');
    await schema.query('INSERT INTO g SELECT * FROM t');
    t.same((await comparePair(server, schema))?.differences, [{ what: 'lost', key: 'id=1' }]);
    await schema.query("UPDATE g SET c='000042' WHERE id=1");
    t.match(await comparePair(server, schema), none);
  });

  t.test('a key that tells letters apart on one side only', async (t) => {
    const schema = await freshSchema(t, server);
    const key = (collation: string) => `id VARCHAR(9) COLLATE ${collation} PRIMARY KEY`;
    await schema.query(`CREATE TABLE t (${key('utf8mb4_general_ci')}) CHARSET utf8mb4`);
    await schema.query(`CREATE TABLE g (${key('utf8mb4_bin')}) CHARSET utf8mb4`);
    await schema.query("INSERT INTO t VALUES ('a'), ('b'), ('é')");
    await schema.query('INSERT INTO g SELECT * FROM t');
    t.match(await comparePair(server, schema), none);
    await schema.query("INSERT INTO g VALUES ('B')");
    t.same((await comparePair(server, schema))?.differences, [{ what: 'surplus', key: 'id=B' }]);
  });
});
