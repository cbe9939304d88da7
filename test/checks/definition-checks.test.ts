import t from 'tap';
import { forEachServer, freshSchema, type TestServer } from '../servers.js';
import { checksOf } from '../support/checks.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;

/** Those that look at definitions, and at no row. */
const ids = [
  'values-lost',
  'values-computed',
  'computed-anew',
  'column-order',
  'column-dropped',
  'check-lost',
  'index-shrunk',
  'auto-increment-near-end',
  'redundant-index',
  'row-size',
];

const create = [
  `CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT, b INT, c VARCHAR(40), d INT,
    v INT AS (a + 1) VIRTUAL, s INT AS (b * 2) STORED, r INT, CONSTRAINT ck CHECK (r > 0),
    KEY k_a (a), KEY k_c (c), UNIQUE KEY uq_ab (a, b), KEY k_cd (c, d)) DEFAULT CHARSET=utf8mb4`,
  'CREATE TABLE nearly (id SMALLINT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT) AUTO_INCREMENT=32000',
  'CREATE TABLE half (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT) AUTO_INCREMENT=20000',
  'CREATE TABLE wide (id INT NOT NULL PRIMARY KEY, a VARCHAR(14000)) DEFAULT CHARSET=utf8mb4',
];

interface Case {
  table?: string;
  alter: string;
  expected: readonly string[];
  only?: 'mysql' | 'mariadb';
}

const cases: readonly Case[] = [
  // Values
  {
    alter: 'DROP COLUMN c, DROP KEY k_cd, DROP KEY k_c, ADD COLUMN c VARCHAR(40)',
    expected: ['values-lost danger', 'column-order warning'],
  },
  { alter: 'DROP COLUMN s', expected: [] },
  { alter: 'DROP COLUMN d, DROP KEY k_cd', expected: ['column-dropped warning'] },
  { alter: 'CHANGE d dd INT', expected: [] },
  { alter: 'MODIFY d INT AS (a + 7) STORED', expected: ['values-computed danger'] },
  { alter: 'MODIFY s INT AS (b * 3) STORED', expected: ['computed-anew warning'] },
  { alter: 'MODIFY v INT AS (a + 2) VIRTUAL', expected: ['computed-anew warning'] },
  { alter: 'MODIFY v BIGINT AS (a + 1) VIRTUAL', expected: [] },
  { alter: 'MODIFY s INT', expected: [] },

  // Order
  { alter: 'MODIFY d INT AFTER id', expected: ['column-order warning'] },
  { alter: 'CHANGE a b INT, CHANGE b a INT', expected: [], only: 'mariadb' },
  { alter: 'ADD COLUMN z INT AFTER id', expected: [] },
  { alter: 'ADD COLUMN z INT INVISIBLE AFTER id', expected: [] },

  // What goes with a column
  { alter: 'DROP COLUMN r', expected: ['check-lost warning', 'column-dropped warning'] },
  { alter: 'DROP COLUMN r, DROP CONSTRAINT ck', expected: ['column-dropped warning'] },
  {
    alter: 'DROP COLUMN d',
    expected: ['index-shrunk warning', 'column-dropped warning', 'redundant-index warning'],
    only: 'mysql',
  },

  // AUTO_INCREMENT
  { table: 'nearly', alter: 'ADD INDEX (a)', expected: ['auto-increment-near-end warning'] },
  { table: 'nearly', alter: 'MODIFY id INT NOT NULL AUTO_INCREMENT', expected: [] },
  { table: 'half', alter: 'MODIFY id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT', expected: [] },
  { table: 'half', alter: 'MODIFY id SMALLINT NOT NULL AUTO_INCREMENT', expected: [] },
  {
    table: 'half',
    alter: 'MODIFY id TINYINT NOT NULL AUTO_INCREMENT',
    expected: ['auto-increment-near-end danger'],
  },
  {
    table: 'half',
    alter: 'MODIFY id MEDIUMINT NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=8000000',
    expected: [],
  },

  // Indexes
  { alter: 'ADD INDEX k_a2 (a)', expected: ['redundant-index warning'] },
  { alter: 'ADD INDEX k_abc (a, b, c)', expected: ['redundant-index warning'] },
  { alter: 'ADD INDEX k_c10 (c(10))', expected: ['redundant-index warning'] },
  { alter: 'ADD INDEX k_b (b)', expected: [] },
  { alter: 'ADD INDEX k_b_a (b, a)', expected: [] },
  { alter: 'ADD UNIQUE INDEX uq_a (a)', expected: ['redundant-index warning'] },
  { alter: 'ADD UNIQUE INDEX uq_b (b)', expected: [] },
  { alter: 'DROP INDEX k_c, ADD INDEX k_cc (c)', expected: ['redundant-index warning'] },
  { alter: 'DROP INDEX k_cd, ADD INDEX k_dc (d, c)', expected: [] },

  // Row size
  { table: 'wide', alter: 'ADD COLUMN b VARCHAR(1000)', expected: ['row-size warning'] },
  { table: 'wide', alter: 'ADD COLUMN b TEXT', expected: [] },
  { table: 'wide', alter: 'ADD INDEX (a(10))', expected: [] },
];

t.test('what a definition tells of a change, without a look at the rows', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    for (const sql of create) await schema.query(sql);
    for (const { table = 't', alter, expected } of cases.filter((each) => isFor(each, server))) {
      const checks = await checksOf(server, schema, alter, { table });
      const found = checks.filter(({ id }) => ids.includes(id)).map(({ id, level }) => `${id} ${level}`);
      t.same(found, expected, `${table}: ${alter}`);
    }
  });
});

function isFor({ only }: Case, { kind }: TestServer): boolean {
  return only === undefined || kind.startsWith(only);
}
