import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { comparePair } from '../support/compare-pair.js';

/** Keys that gh-ost copies along, with values of which the second is broken. */
const keys: readonly { columns: string; key: string; rows: readonly string[]; label: RegExp }[] = [
  { columns: "k ENUM('z','a','m')", key: 'k', rows: ["'z'", "'a'", "'m'"], label: /^k=a$/ },
  {
    columns: "n INT, k ENUM('z','a')",
    key: 'n, k',
    rows: ["1, 'z'", "1, 'a'", "2, 'z'"],
    label: /^n=1, k=a$/,
  },
  { columns: "k SET('a','b')", key: 'k', rows: ["'a'", "'a,b'", "''"], label: /^k=a,b$/ },
  {
    columns: 'k TIMESTAMP(3)',
    key: 'k',
    rows: ["'2024-10-27 00:30:00.001'", "'2024-10-27 00:30:00.002'", "'2024-10-27 01:30:00.001'"],
    label: /^k=2024-10-27 00:30:00\.002$/,
  },
  {
    columns: 'k DOUBLE',
    key: 'k',
    rows: ['0.1', '0.30000000000000004', '1e30', '-0.5'],
    label: /^k=0\.30000000000000004$/,
  },
  { columns: 'k BIT(10)', key: 'k', rows: ["b'1'", "b'1000000001'", "b'0'"], label: /^k=0x0201$/ },
  {
    columns: 'k DATETIME(6), n INT',
    key: 'k, n',
    rows: ["'2024-01-02', 1", "'2024-01-02', 2"],
    label: /n=2$/,
  },
  { columns: 'k DECIMAL(20,4)', key: 'k', rows: ['1.5', '-1.25', '1234567890123456'], label: /^k=-1\.2500$/ },
  { columns: 'k VARBINARY(8)', key: 'k', rows: ["X'00'", "X'ff00'", "X'ff'"], label: /^k=0xff00$/ },
  { columns: 'k VARCHAR(9)', key: 'k', rows: [`'a'`, `'it''s \\\\ "'`, `'ü'`], label: /^k=it's \\ "$/ },
  { columns: 'k TEXT, n INT', key: 'k(20), n', rows: ["'a', 1", "'b', 1", "'b', 2"], label: /^k=b, n=1$/ },
  {
    columns: 'k BIGINT UNSIGNED',
    key: 'k',
    rows: ['1', '18446744073709551615', '9'],
    label: /^k=18446744073709551615$/,
  },
];

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  await schema.query("SET SESSION time_zone='+00:00'");
  for (const { columns, key, rows, label } of keys) {
    await t.test(`rows are found by ${columns}`, async (t) => {
      const required = columns.replace(/(, |$)/g, ' NOT NULL$1');
      await schema.query('DROP TABLE IF EXISTS t, g');
      await schema.query(`CREATE TABLE t (${required}, v INT DEFAULT 1, UNIQUE (${key})) CHARSET utf8mb4`);
      await schema.query('CREATE TABLE g LIKE t');
      const names = columns.split(', ').map((column) => column.split(' ')[0] ?? '');
      for (const row of rows) await schema.query(`INSERT INTO t (${names}) VALUES (${row})`);
      await schema.query('INSERT INTO g SELECT * FROM t');
      const equal = await comparePair(server, schema, { key: names });
      t.same([equal?.rowsCompared, equal?.differences], [rows.length, []]);
      const values = (rows[1] ?? '').split(/, (?!b)/);
      const where = names.map((name, at) => `${name}=${values[at]}`).join(' AND ');
      await schema.query(`UPDATE g SET v=2 WHERE ${where}`);
      const found = (await comparePair(server, schema, { key: names }))?.differences ?? [];
      t.equal(found.length, 1);
      t.match(found[0], { what: 'lost', key: label });
    });
  }

  await t.test('without a unique key nothing is said', async (t) => {
    await schema.query('DROP TABLE IF EXISTS t, g');
    await schema.query('CREATE TABLE t (id INT, UNIQUE (id))');
    await schema.query('CREATE TABLE g LIKE t');
    t.equal(await comparePair(server, schema), undefined);
  });
});
