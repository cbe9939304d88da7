import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { comparePair } from '../support/compare-pair.js';

interface Change {
  was: string;
  is: string;
  /** As SQL. */
  values: readonly string[];
  /** In the place of the second value. */
  broken: string;
}

const words = ["'abc'", "'Straße'", "''", "'it''s'", 'NULL'];
const changes: readonly Change[] = [
  { was: 'INT', is: 'BIGINT', values: ['1', '-2147483648', 'NULL', '2147483647'], broken: '-2147483647' },
  { was: 'INT', is: 'BIGINT NOT NULL', values: ['1', '2', '3'], broken: '0' },
  { was: 'INT', is: 'DECIMAL(12,2)', values: ['1', '-7', 'NULL'], broken: '-7.01' },
  { was: 'INT', is: 'VARCHAR(20)', values: ['1', '-7', 'NULL'], broken: "'-07'" },
  { was: 'BIGINT', is: 'DECIMAL(30,0)', values: ['1', '9007199254740993'], broken: '9007199254740992' },
  { was: 'INT', is: 'INT NOT NULL DEFAULT 3', values: ['1', '2', '3'], broken: '3' },
  { was: 'DECIMAL(10,2)', is: 'DECIMAL(14,4)', values: ['1.25', '-0.01', 'NULL'], broken: '-0.0101' },
  { was: 'VARCHAR(30)', is: 'BIGINT', values: ["'12'", "'9007199254740993'", 'NULL'], broken: '0' },
  {
    was: 'FLOAT',
    is: 'DOUBLE',
    values: ['0.1', '1e20', '-3.4e38', 'NULL', '0', '1e-40'],
    broken: '1.0001e20',
  },
  { was: 'DOUBLE', is: 'FLOAT', values: ['0.1', '1e20', 'NULL', '0'], broken: '1.0001e20' },
  { was: 'DOUBLE', is: 'DOUBLE', values: ['0.1', '1e20', 'NULL'], broken: '100000000000000020000' },
  { was: 'FLOAT', is: 'DECIMAL(10,2)', values: ['0.1', '2.5', '1.255', 'NULL'], broken: '2.51' },
  { was: 'DOUBLE', is: 'INT', values: ['1', '2', 'NULL', '-3'], broken: '3' },
  { was: 'BIT(4)', is: 'BIT(12)', values: ["b'1'", "b'1010'", 'NULL'], broken: "b'11010'" },
  { was: 'YEAR', is: 'INT', values: ['1999', '2024', 'NULL'], broken: '24' },
  { was: 'VARCHAR(20)', is: 'VARCHAR(50)', values: words, broken: "'STRAßE'" },
  { was: 'VARCHAR(20)', is: 'VARCHAR(50)', values: ["'abc'", "'abc '"], broken: "'abc'" },
  { was: 'VARCHAR(20)', is: 'VARCHAR(50)', values: ["'e'", "'é'"], broken: "'e'" },
  {
    was: 'VARCHAR(20) CHARSET utf8mb3',
    is: 'VARCHAR(20) CHARSET utf8mb4',
    values: words,
    broken: "'strasse'",
  },
  { was: 'VARCHAR(20) CHARSET latin1', is: 'VARCHAR(20)', values: words, broken: "'Strae'" },
  { was: 'VARCHAR(20)', is: 'TEXT', values: words, broken: "'Straße '" },
  { was: 'VARCHAR(20)', is: 'CHAR(20)', values: ["'a'", "'b  '", 'NULL'], broken: "'B'" },
  { was: 'CHAR(20)', is: 'VARCHAR(20)', values: words, broken: "'Straße '" },
  { was: "ENUM('a','b')", is: "ENUM('b','a','A2')", values: ["'a'", "'b'", 'NULL'], broken: "'a'" },
  { was: "ENUM('a','b')", is: 'VARCHAR(9)', values: ["'a'", "'b'", 'NULL'], broken: "'B'" },
  { was: "SET('a','b')", is: "SET('a','b','c')", values: ["'a'", "'a,b'", 'NULL'], broken: "'b'" },
  {
    was: 'LONGTEXT',
    is: 'JSON',
    values: [`'{"b": 1,  "a": [1.0, "x"]}'`, `'"Text"'`, 'NULL', "'null'"],
    broken: `'"text"'`,
  },
  { was: 'JSON', is: 'JSON', values: [`'{"a": 1.5}'`, `'[1, "b"]'`, 'NULL'], broken: `'[1, "B"]'` },
  { was: 'JSON', is: 'LONGTEXT', values: [`'{"a": 1.5}'`, `'[1, "b"]'`, 'NULL'], broken: `'[1, "B"]'` },
  { was: 'BINARY(8)', is: 'BINARY(16)', values: ["X'0102'", "X'ff'", 'NULL'], broken: "X'ff01'" },
  { was: 'VARBINARY(8)', is: 'BINARY(16)', values: ["X'0102'", "X'ff'", 'NULL'], broken: "X'fe'" },
  { was: 'BINARY(8)', is: 'VARBINARY(16)', values: ["X'0102'", "X'ff'", 'NULL'], broken: "X'ff'" },
  { was: 'BLOB', is: 'LONGBLOB', values: ["X'00'", "X'61'", 'NULL'], broken: "X'41'" },
  { was: 'VARCHAR(20) CHARSET latin1', is: 'VARBINARY(40)', values: words, broken: "'Strasse'" },
  { was: 'VARBINARY(8)', is: 'VARCHAR(8) CHARSET latin1', values: ["X'61'", "X'e9'"], broken: "X'e8'" },
  {
    was: 'DATETIME',
    is: 'DATETIME(3)',
    values: ["'2024-01-02 03:04:05'", "'1999-12-31'", 'NULL'],
    broken: "'1999-12-31 00:00:00.001'",
  },
  {
    was: 'DATETIME(6)',
    is: 'DATETIME',
    values: ["'2024-01-02 03:04:05.4'", "'1999-12-31 23:59:59.9'"],
    broken: "'1999-12-30'",
  },
  {
    was: 'DATETIME',
    is: 'TIMESTAMP NULL',
    values: ["'2024-01-02 03:04:05'", "'1999-12-31'", 'NULL'],
    broken: "'1999-12-30'",
  },
  {
    was: 'TIMESTAMP NULL',
    is: 'DATETIME',
    values: ["'2024-01-02 03:04:05'", "'1999-12-31'", 'NULL'],
    broken: "'1999-12-30'",
  },
  {
    was: 'TIMESTAMP NULL',
    is: 'TIMESTAMP(3) NULL',
    values: ["'2024-10-27 01:30:00'", "'2024-10-27 00:30:00'", 'NULL'],
    broken: "'2024-10-27 01:30:00'",
  },
  {
    was: 'DATE',
    is: 'DATETIME',
    values: ["'2024-01-02'", "'1999-12-31'", 'NULL'],
    broken: "'1999-12-31 00:00:01'",
  },
  { was: 'TIME', is: 'TIME(2)', values: ["'10:11:12'", "'-100:00:00'", 'NULL'], broken: "'100:00:00'" },
  {
    was: 'VARCHAR(30)',
    is: 'DATE',
    values: ["'2024-01-02'", "'1999-12-31'", 'NULL'],
    broken: "'1999-12-30'",
  },
  { was: 'POINT', is: 'GEOMETRY', values: ['POINT(1, 2)', 'POINT(3, 4)', 'NULL'], broken: 'POINT(4, 3)' },
];

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  for (const { was, is, values, broken } of changes) {
    await t.test(`${was} becomes ${is}`, async (t) => {
      await schema.query('DROP TABLE IF EXISTS t, g');
      await schema.query(`CREATE TABLE t (id INT PRIMARY KEY, c ${was}) CHARSET utf8mb4`);
      await schema.query(`CREATE TABLE g (id INT PRIMARY KEY, c ${is}) CHARSET utf8mb4`);
      for (const [at, value] of values.entries()) {
        await schema.query(`INSERT INTO t VALUES (${at + 1}, ${value})`);
      }
      await schema.query('INSERT INTO g SELECT * FROM t');
      const { rowsCompared, differences } = (await comparePair(server, schema)) ?? {};
      t.same({ rowsCompared, differences }, { rowsCompared: values.length, differences: [] });
      await schema.query(`UPDATE g SET c=${broken} WHERE id=2`);
      t.same((await comparePair(server, schema))?.differences, [{ what: 'lost', key: 'id=2' }]);
    });
  }
});
