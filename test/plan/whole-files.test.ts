import t, { type Test } from 'tap';
import type { PlannedStatement } from '../../lib/documents/plan.js';
import { makePlan } from '../../lib/plan/make-plan.js';
import { run } from '../../lib/run/run.js';
import type { Settings } from '../../lib/settings/settings.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { migrationFor } from '../support/migration.js';
import { settingsFor } from '../support/settings.js';
import { asItWas } from '../support/texts.js';

await forEachServer(t, ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('each statement is planned on the schema as those before it will leave it', async (t) => {
    const on = await tables(t, server);
    const planned = await on.plan(`
      ALTER TABLE o ADD COLUMN x INT;
      ALTER TABLE o ADD INDEX (x);
      ALTER TABLE o CHANGE x y BIGINT;
      RENAME TABLE o TO orders;
      ALTER TABLE orders DROP COLUMN y;
      CREATE TABLE items (id INT PRIMARY KEY, o INT);
      ALTER TABLE items ADD INDEX (o);
      DROP TABLE items;
      CREATE TABLE items (id BIGINT PRIMARY KEY)`);
    t.same(
      planned.map(({ strategy }) => strategy === 'refuse'),
      planned.map(() => false),
      planned.map(({ reasons }) => reasons[0]?.text).join(' | '),
    );
    t.match(planned[4], { table: { name: 'orders' } });
    const result = await on.runAll();
    t.same(
      result.statements.map(({ outcome, reason }) => (outcome === 'done' ? 'done' : reason.text)),
      planned.map(() => 'done'),
    );
    t.same(await on.columns('orders'), ['id', 'email', 'total']);
    t.same(await on.columns('items'), ['id']);
    t.same(await on.tables(), ['hollow', 'items', 'orders', 'other'], 'and no clone is left');
  });

  t.test('an index that is dropped and made again as it was is nothing to do', async (t) => {
    const on = await tables(t, server);
    const same = 'DROP INDEX email ON o; CREATE UNIQUE INDEX email ON o (email)';
    t.same(strategies(await on.plan(same)), ['nothing', 'nothing']);
    t.match((await on.plan(same))[0]?.reasons, [{ id: 'undone', text: /1 and 2 drop an index/ }]);
    const cases: Record<string, string> = {
      'another column': 'DROP INDEX email ON o; CREATE UNIQUE INDEX email ON o (total)',
      'not unique any more': 'DROP INDEX email ON o; CREATE INDEX email ON o (email)',
      'another name': 'DROP INDEX email ON o; CREATE UNIQUE INDEX mail ON o (email)',
      'something in between that writes':
        'DROP INDEX email ON o; DELETE FROM o; CREATE UNIQUE INDEX email ON o (email)',
      'a column with it': 'ALTER TABLE o DROP INDEX email, ADD z INT; CREATE UNIQUE INDEX email ON o (email)',
    };
    for (const [name, sql] of Object.entries(cases)) {
      t.notMatch(strategies(await on.plan(sql)), ['nothing'], name);
    }
    const definition = await on.definition();
    const more = `${same}; ALTER TABLE o ADD COLUMN z INT; ALTER TABLE other ADD COLUMN z INT`;
    t.same(strategies(await on.plan(more)).slice(0, 2), ['nothing', 'nothing']);
    await on.runAll();
    t.match(await on.definition(), /`z` int/);
    t.equal((await on.definition()).replace(/ *`z` int.*\n/, ''), definition, 'and nothing else has changed');
  });

  t.test('what a file loses is danger, and can be let pass by name', async (t) => {
    const on = await tables(t, server);
    const cases: [sql: string, id: string][] = [
      ['DROP TABLE o', 'drop-table'],
      ['TRUNCATE o', 'truncate-table'],
      ['ALTER TABLE other ADD z INT; DROP TABLE IF EXISTS nothere, o', 'drop-table'],
    ];
    for (const [sql, id] of cases) {
      const refused = (await on.plan(sql)).at(-1);
      t.match(refused, { strategy: 'refuse', reasons: [{ id }], refusal: { exitCode: 4 } });
      t.match(refused?.refusal?.next, `--accept ${id}`);
      const accepted = (await on.plan(sql, { accept: [id] })).at(-1);
      t.match(accepted, { strategy: 'plain', checks: [{ id, accepted: true }] });
    }
    t.same(strategies(await on.plan('DROP TABLE hollow; DROP TABLE IF EXISTS nothere')), [
      'plain',
      'nothing',
    ]);
    t.same(await on.tables(), ['hollow', 'o', 'other'], 'planning changed nothing');
  });

  t.test('planning calls no stored function', async (t) => {
    const on = await tables(t, server);
    await on.schema.query('CREATE TABLE called (n INT)');
    await on.schema.query(
      'CREATE FUNCTION f() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO called VALUES (1); RETURN 1; END',
    );
    await on.plan('UPDATE o SET total = 1 WHERE id = f(); DELETE FROM other WHERE id IN (SELECT f())');
    t.same(await on.schema.query('SELECT * FROM called'), []);
  });

  if (server.kind === 'mariadb-10.11') {
    t.test('a table that is replaced loses its rows, whatever its definition', async (t) => {
      const on = await tables(t, server);
      const same = 'CREATE OR REPLACE TABLE other (id INT PRIMARY KEY, a VARCHAR(10))';
      t.same(strategies(await on.plan(same)), ['plain'], 'it is empty');
      await on.schema.query("INSERT INTO other VALUES (1, 'a')");
      t.match(await on.plan(same), [{ strategy: 'refuse', reasons: [{ id: 'drop-table' }] }]);
    });
  }

  t.test('a statement that cannot work is found before the first one runs', async (t) => {
    const on = await tables(t, server);
    const cases: [sql: string, text: RegExp, exitCode: number][] = [
      ['INSERT INTO o (nope) VALUES (1); ALTER TABLE o ADD z INT', /nope/, 2],
      ['UPDATE nothere SET a = 1', /no .*nothere/, 2],
      ['ALTER TABLE o ADD z INT; RENAME TABLE nothere TO x', /no .*nothere/, 2],
      ['ALTER TABLE o ADD z INT; RENAME TABLE o TO other', /other is there already/, 2],
      ['CREATE TABLE lines (id INT)', /near 'lines/, 2],
      ['CREATE TABLE o (id INT)', /defined differently/, 4],
      ['ALTER TABLE o ADD z INT; CREATE TABLE n (id NOTYPE)', /NOTYPE/, 2],
    ];
    for (const [sql, text, exitCode] of cases) {
      const planned = await on.plan(sql);
      const refused = planned.find(({ strategy }) => strategy === 'refuse');
      t.match(refused, { reasons: [{ id: String, text }], refusal: { exitCode, next: String } }, sql);
      const result = await on.runAll();
      t.equal(result.exitCode, exitCode);
      t.same(
        result.statements.filter(({ outcome }) => outcome === 'done'),
        [],
        'nothing was begun',
      );
    }
    for (const sql of [
      'DROP TABLE hollow; ALTER TABLE hollow ADD z INT',
      'CREATE TABLE n AS SELECT * FROM o; ALTER TABLE n ADD z INT',
    ]) {
      const error: unknown = await on.plan(sql).catch((caught: unknown) => caught);
      t.match(error, { id: 'not-foreseen', exitCode: 2, next: /file of their own/ }, sql);
    }
    t.same(await on.columns('o'), ['id', 'email', 'total']);
  });

  t.test('what is in place already is recognised, whoever did it', async (t) => {
    const on = await tables(t, server);
    await on.schema.query('CREATE TABLE made (id INT PRIMARY KEY, a VARCHAR(10) DEFAULT NULL)');
    const planned = await on.plan(`
      CREATE TABLE made (id INT PRIMARY KEY, a VARCHAR(10));
      CREATE TABLE IF NOT EXISTS other (id BIGINT);
      DROP TABLE nothere;
      RENAME TABLE once TO o;
      ALTER TABLE o ADD UNIQUE INDEX email (email)`);
    t.same(strategies(planned), ['nothing', 'nothing', 'nothing', 'nothing', 'nothing']);
    t.match(planned[1]?.checks, [{ id: 'other-definition', level: 'warning' }]);
  });

  t.test('rows that an earlier statement mends are asked when it has run', async (t) => {
    const on = await tables(t, server);
    await on.schema.query("INSERT INTO other VALUES (1, NULL), (2, 'x')");
    const mended = "UPDATE other SET a = '' WHERE a IS NULL; ALTER TABLE other MODIFY a VARCHAR(10) NOT NULL";
    const planned = await on.plan(mended);
    t.match(planned[1], { asksLater: true, checks: [{ id: 'null-values', level: 'unknown' }] });
    t.match(await on.runAll(), { exitCode: 0, statements: [{ outcome: 'done' }, { outcome: 'done' }] });
    await on.schema.query('ALTER TABLE other MODIFY a VARCHAR(10) NULL');
    await on.plan('UPDATE other SET a = NULL WHERE id = 1; ALTER TABLE other MODIFY a VARCHAR(10) NOT NULL');
    const result = await on.runAll();
    t.match(result, { exitCode: 4, statements: [{ outcome: 'done' }, { outcome: 'refused' }] });
    t.match(result.statements[1], { reason: { id: 'null-values' }, state: asItWas });
  });

  t.test('how many rows a statement looks at is known, also behind others', async (t) => {
    const on = await tables(t, server);
    const ids = Array.from({ length: 400 }, (_, i) => `(${i + 1}, 'x')`);
    await on.schema.query(`INSERT INTO other VALUES ${ids.join()}`);
    await on.schema.query('ANALYZE TABLE other');
    const planned = await on.plan(`
      UPDATE other SET a = 'y' WHERE id <= 3;
      UPDATE other SET a = 'z';
      DELETE FROM other;
      INSERT INTO other VALUES (1000, 'x');
      INSERT INTO hollow SELECT id FROM other`);
    const rows = planned.map(({ estimate }) => estimate.rows ?? -1);
    t.ok(Number(rows[0]) <= 10, `a part: ${rows[0]}`);
    for (const i of [1, 2, 4]) t.ok(Number(rows[i]) > 100, `all of it: ${planned[i]?.sql}: ${rows[i]}`);
    t.equal(rows[3], -1, 'what looks at none has no number');
  });

  t.test('several changes of one table are offered as one', async (t) => {
    const on = await tables(t, server);
    const request = on.request(
      'ALTER TABLE o ADD INDEX (total); ALTER TABLE other ADD z INT; ALTER TABLE o ADD INDEX (total, id)',
    );
    const { offers } = await makePlan(request);
    t.match(offers, [{ statements: [1, 3], table: { name: 'o' }, savedMs: Number }]);
    t.match(offers?.[0]?.sql, /^ALTER TABLE .*`o` ADD INDEX \(total\), ADD INDEX \(total, id\)$/);
  });
});

function strategies(planned: readonly PlannedStatement[]): string[] {
  return planned.map(({ strategy }) => strategy);
}

async function tables(t: Test, server: TestServer) {
  const schema: Schema = await freshSchema(t, server);
  await schema.query(
    'CREATE TABLE o (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(20), total INT, UNIQUE KEY email (email))',
  );
  await schema.query("INSERT INTO o (email, total) VALUES ('a', 1), ('b', 2)");
  await schema.query('CREATE TABLE other (id INT PRIMARY KEY, a VARCHAR(10))');
  await schema.query('CREATE TABLE hollow (id INT PRIMARY KEY)');
  const stateDir = t.testdir({});
  let last = '';
  const request = (text: string, checks: Partial<Settings['checks']> = {}) =>
    migrationFor(server, schema, text, { stateDir, checks: { ...settingsFor(server).checks, ...checks } });
  return {
    schema,
    request,
    plan: async (text: string, checks: Partial<Settings['checks']> = {}) => {
      last = text;
      return (await makePlan(request(text, checks))).statements;
    },
    /** Runs what was planned last. */
    runAll: () => run(request(last)),
    definition: async () => {
      const [row] = await schema.query<Record<string, string>>('SHOW CREATE TABLE o');
      return row?.['Create Table'] ?? '';
    },
    columns: async (table: string) => {
      const rows = await schema.query<{ name: string }>(
        'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=? AND TABLE_NAME=? ORDER BY ORDINAL_POSITION',
        [schema.name, table],
      );
      return rows.map(({ name }) => name);
    },
    tables: async () => {
      const rows = await schema.query<Record<string, string>>('SHOW TABLES');
      return rows.flatMap(Object.values).sort();
    },
  };
}
