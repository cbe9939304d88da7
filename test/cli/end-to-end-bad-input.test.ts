import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { alterwiseOn } from '../support/ghost-main.js';
import { deadScratch } from '../support/leftovers.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  const alterwise = await alterwiseOn(server);
  const isMariadb = server.kind.startsWith('mariadb');
  for (const statement of [
    'CREATE TABLE orders (id INT PRIMARY KEY, amount INT, note VARCHAR(20), KEY k_note (note))',
    "INSERT INTO orders VALUES (1, 10, 'one'), (2, 20, 'two'), (3, 30, NULL)",
    'CREATE VIEW some_orders AS SELECT * FROM orders WHERE amount > 10',
    'CREATE TABLE parts (id INT PRIMARY KEY, v INT) PARTITION BY HASH (id) PARTITIONS 2',
    'CREATE TABLE spare (id INT PRIMARY KEY, v INT)',
  ])
    await schema.query(statement);
  const before = await everythingIn(schema);
  const other = isMariadb ? 'mysql' : 'sys';

  /** What is typed, the exit code, and what must be said. */
  const cases: Record<string, [args: string[], code: number, ...said: RegExp[]]> = {
    'no such table': [['ALTER TABLE ordrs ADD b INT'], 2, /no table ordrs/, /Did you mean orders/],
    'a table of another case': [
      ['ALTER TABLE ORDERS ADD b INT'],
      2,
      /no table ORDERS/,
      /Did you mean orders/,
    ],
    'no such schema': [['ALTER TABLE shopp.orders ADD b INT', '--database='], 2, /./],
    'a view': [['ALTER TABLE some_orders ADD b INT'], 2, /some_orders is a view, not a table/],
    'another schema than --database': [
      [`ALTER TABLE ${other}.orders ADD b INT`],
      2,
      RegExp(`about ${other}\\.orders, and --database is ${schema.name}`),
    ],
    'an empty statement': [[''], 2, /no statement/i],
    'only a comment': [['/* nothing */ ;'], 2, /no statement/i],
    'two statements where one is wanted': [
      ['--table=orders', '--alter=ADD b INT; DROP TABLE spare'],
      2,
      /one table, got several|DROP TABLE/i,
    ],
    'not an ALTER: SELECT': [['SELECT 1'], 2, /SELECT/],
    'not an ALTER: DROP TABLE': [['DROP TABLE spare'], 2, /DROP TABLE/],
    'not an ALTER: TRUNCATE': [['TRUNCATE TABLE spare'], 2, /TRUNCATE/],
    'not an ALTER: CREATE TABLE': [['CREATE TABLE x (id INT)'], 2, /CREATE TABLE/],
    'not an ALTER: RENAME TABLE': [['RENAME TABLE spare TO x'], 2, /RENAME TABLE/],
    'a good one and a bad one': [['ALTER TABLE orders ADD b INT; DROP TABLE spare'], 2, /DROP TABLE/],
    'a type that nobody knows': [['ALTER TABLE orders ADD COLUMN b IMT'], 2, /'IMT'/],
    'a syntax error': [['ALTER TABLE orders ADD COLUMN b INT NOT NOT NULL'], 2, /near\s+'NOT/, /syntax/i],
    'a syntax error in the middle': [
      ['ALTER TABLE orders ADD COLUMN b INT, MODIFI amount BIGINT'],
      2,
      /near\s+'[^']*amount\s+BIGINT'/,
      /syntax/i,
    ],
    'RENAME TO': [['ALTER TABLE orders ADD b INT, RENAME TO x'], 4, /does not rename tables/],
    'RENAME AS': [['ALTER TABLE orders RENAME AS x'], 4, /does not rename tables/],
    'RENAME without a word': [['ALTER TABLE orders RENAME x'], 4, /does not rename tables/],
    'EXCHANGE PARTITION': [
      ['ALTER TABLE parts EXCHANGE PARTITION p0 WITH TABLE spare'],
      4,
      /EXCHANGE PARTITION/,
    ],
    'TRUNCATE PARTITION': [['ALTER TABLE parts TRUNCATE PARTITION p0'], 4, /TRUNCATE PARTITION/],
    'IMPORT TABLESPACE': [['ALTER TABLE orders IMPORT TABLESPACE'], 4, /IMPORT TABLESPACE/],
    'DISCARD TABLESPACE': [['ALTER TABLE orders DISCARD TABLESPACE'], 4, /DISCARD and IMPORT TABLESPACE/],
    'an ALGORITHM that the change cannot have': [
      ['ALTER TABLE orders MODIFY amount BIGINT, ALGORITHM=INPLACE'],
      2,
      /ALGORITHM=INPLACE/,
      /Leave ALGORITHM and LOCK out/,
    ],
    'a LOCK that the change cannot have': [
      ['ALTER TABLE orders MODIFY amount BIGINT, LOCK=NONE'],
      2,
      /LOCK=NONE/,
      /Leave ALGORITHM and LOCK out/,
    ],
    'a LOCK that nobody knows': [['ALTER TABLE orders ADD b INT, LOCK=LITTLE'], 2, /LOCK=LITTLE/],
    'no such column': [['ALTER TABLE orders MODIFY amuont BIGINT'], 2, /amuont/],
    'a column that is there, but different': [
      ['ALTER TABLE orders ADD COLUMN amount VARCHAR(10)'],
      4,
      /amount/,
    ],
    'wrong password': [
      ['ALTER TABLE orders ADD b INT', '--user=nobody'],
      11,
      /refuses nobody/,
      /Check --user and the password/,
    ],
    'nobody at that port': [
      ['ALTER TABLE orders ADD b INT', '--port=1'],
      11,
      /127\.0\.0\.1:1 cannot be reached/,
      /Check --host and --port/,
    ],
    'a host that does not exist': [
      ['ALTER TABLE orders ADD b INT', '--host=no-such-host.invalid'],
      11,
      /no-such-host\.invalid:\d+ cannot be reached/,
    ],
    'a socket that does not exist': [
      ['ALTER TABLE orders ADD b INT', '--socket=/nowhere/mysql.sock'],
      11,
      /\/nowhere\/mysql\.sock cannot be reached/,
    ],
    'an unknown database': [['ALTER TABLE orders ADD b INT', '--database=shopp'], 2, /no schema shopp/],
    'gh-ost is not there': [
      ['ALTER TABLE orders MODIFY amount BIGINT', '--strategy=gh-ost', '--gh-ost=/nowhere/gh-ost'],
      11,
      /no program \/nowhere\/gh-ost/,
      /alterwise gh-ost install/,
    ],
  };

  for (const [name, [[first = '', ...more], code, ...said]] of Object.entries(cases)) {
    t.test(name, async (t) => {
      const database = more.some((arg) => arg.startsWith('--database')) ? [] : [`--database=${schema.name}`];
      for (const command of ['plan', 'run']) {
        const args = [command, first, ...database, ...more.filter((arg) => arg !== '--database=')];
        const answer = await alterwise(args);
        const text = answer.stdout + answer.stderr;
        t.equal(answer.code, code, `${command}: ${text}`);
        for (const pattern of said) t.match(text, pattern);
        t.match(text, /Nothing was changed\.|is as it was\.|refuse/i, 'in what state the table is');
        t.match(text, /Next/, 'and what to do');
      }
    });
  }

  t.test('gh-ost is too old', async (t) => {
    const dir = t.testdir({});
    const old = join(dir, 'gh-ost');
    await writeFile(old, '#!/bin/sh\n[ "$1" = --version ] && echo 1.1.6\nexit 0\n');
    await chmod(old, 0o755);
    const change = `ALTER TABLE ${schema.name}.orders MODIFY amount BIGINT`;
    const answer = await alterwise(['run', change, '--strategy=gh-ost', `--gh-ost=${old}`]);
    t.equal(answer.code, 11);
    t.match(answer.stdout, /gh-ost 1\.1\.6/);
    t.match(answer.stdout, /Use gh-ost 1\.1\.\d+ or newer/);
  });

  t.test('no schema is named at all', async (t) => {
    const answer = await alterwise(['plan', 'ALTER TABLE orders ADD b INT']);
    t.equal(answer.code, 2);
    t.match(answer.stderr, /In which schema is orders\?/);
    t.match(answer.stderr, /--database/);
  });

  t.test('after all that nothing has changed', async (t) => {
    t.same(await everythingIn(schema), before);
    t.same(await deadScratch(schema), []);
  });
});

/** Definitions and rows of all tables. */
async function everythingIn(schema: Schema): Promise<object> {
  const tables = await schema.query<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=? ORDER BY 1',
    [schema.name],
  );
  const all: Record<string, object> = {};
  for (const { name } of tables) {
    const [definition] = await schema.query<Record<string, string>>(`SHOW CREATE TABLE \`${name}\``);
    all[name] = { definition, rows: await schema.query(`SELECT * FROM \`${name}\``) };
  }
  return all;
}
