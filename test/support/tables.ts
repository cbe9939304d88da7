import type { Schema } from '../servers.js';

/** How many rows every table is filled with. */
export const rows = 300;

/**
 * Tables to change, each called `t`, `` `o` `` being a table at the other end of its foreign keys. Rows are
 * numbered 1 to 300 and n is the number; `fill` holds an expression over n for each column that has no default.
 */
export interface TableKind {
  create: readonly string[];
  fill: Readonly<Record<string, string>>;
  /** Statements after the rows are in. */
  after?: readonly string[];
}

const words = {
  id: 'n',
  a: 'n',
  i: 'n % 7 + 1',
  j: 'n % 11 + 1',
  b: "CONCAT('b', n)",
  c: "CONCAT('c', n % 50)",
  d: "DATE_ADD('2024-01-01', INTERVAL n HOUR)",
  e: "IF(n % 2, 'x', 'y')",
  s: "IF(n % 2, 'p', 'q')",
  m: 'n / 4',
  n: 'n * 1000',
  l: "CONCAT('l', n)",
  u: "CONCAT('u', n)",
  w: "CONCAT('w', n)",
  x: "REPEAT('text ', n % 9)",
  k: "CONCAT('k', n)",
};

const columns = `
  id INT NOT NULL AUTO_INCREMENT,
  a INT NOT NULL,
  i INT DEFAULT NULL,
  j INT DEFAULT NULL,
  b VARCHAR(40) DEFAULT NULL,
  c VARCHAR(200) NOT NULL DEFAULT '',
  d DATETIME DEFAULT NULL,
  e ENUM('x','y') NOT NULL DEFAULT 'x',
  s SET('p','q') DEFAULT NULL,
  m DECIMAL(10,2) NOT NULL DEFAULT 0,
  n BIGINT DEFAULT NULL,
  l VARCHAR(30) CHARACTER SET latin1 DEFAULT NULL,
  u VARCHAR(20) CHARACTER SET utf8 DEFAULT NULL,
  w VARCHAR(20) CHARACTER SET utf8 DEFAULT NULL,
  x TEXT,
  k VARCHAR(20) DEFAULT NULL`;
const keys = 'PRIMARY KEY (id), UNIQUE KEY uq_a (a), KEY k_b (b), KEY k_m_n (m, n), KEY k_k (k), KEY k_w (w)';
const charset = 'DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci';
const other = `CREATE TABLE o (id INT NOT NULL PRIMARY KEY, z INT, KEY (z)) ${charset}`;
const fillOther = 'INSERT INTO o SELECT n, n FROM numbers';

export const tables = {
  plain: { create: [`CREATE TABLE t (${columns}, ${keys}) ${charset}`], fill: words },
  keyless: {
    create: [`CREATE TABLE t (a INT NOT NULL, b VARCHAR(40)) ${charset}`],
    fill: { a: 'n', b: 'n' },
  },
  keyed: {
    create: [`CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b INT NOT NULL, c INT) ${charset}`],
    fill: { a: 'n', b: 'n', c: 'n' },
  },
  generated: {
    create: [
      `CREATE TABLE t (${columns}, v INT AS (a + 1) VIRTUAL, y INT AS (a * 2) STORED, ${keys}, KEY k_y (y)) ${charset}`,
    ],
    fill: words,
  },
  fulltext: {
    create: [`CREATE TABLE t (${columns}, ${keys}, FULLTEXT KEY ft_x (x)) ${charset}`],
    fill: words,
  },
  spatial: {
    create: [`CREATE TABLE t (id INT NOT NULL PRIMARY KEY, p POINT NOT NULL, q POINT) ${charset}`],
    fill: { id: 'n', p: "ST_GeomFromText(CONCAT('POINT(', n % 50, ' ', n % 50, ')'))" },
  },
  compressed: {
    create: [`CREATE TABLE t (${columns}, ${keys}) ROW_FORMAT=COMPRESSED ${charset}`],
    fill: words,
  },
  checked: {
    create: [`CREATE TABLE t (${columns}, ${keys}, CONSTRAINT ck_a CHECK (a > 0)) ${charset}`],
    fill: words,
  },
  child: {
    create: [
      other,
      `CREATE TABLE t (${columns}, ${keys}, KEY k_i (i), KEY k_j (j),
         CONSTRAINT fk_i FOREIGN KEY (i) REFERENCES o (id) ON DELETE CASCADE,
         CONSTRAINT fk_j FOREIGN KEY (j) REFERENCES o (id)) ${charset}`,
    ],
    fill: words,
  },
  parent: {
    create: [
      `CREATE TABLE t (${columns}, ${keys}, KEY k_d (d)) ${charset}`,
      `CREATE TABLE o (id INT NOT NULL PRIMARY KEY, r INT, CONSTRAINT fk_r FOREIGN KEY (r) REFERENCES t (a)) ${charset}`,
    ],
    fill: words,
    after: ['INSERT INTO o SELECT n, n FROM numbers'],
  },
  family: {
    create: [
      `CREATE TABLE t (${columns}, ${keys}, KEY k_i (i),
         CONSTRAINT fk_self FOREIGN KEY (i) REFERENCES t (id) ON DELETE SET NULL) ${charset}`,
    ],
    fill: { ...words, i: 'NULL' },
  },
  spare: { create: [other, `CREATE TABLE t (${columns}, ${keys}) ${charset}`], fill: words },
  triggered: {
    create: [`CREATE TABLE t (${columns}, ${keys}) ${charset}`],
    fill: words,
    // Afterwards: on MariaDB 11.4.5 an INSERT … SELECT into a table with any trigger takes NOT NULL columns for NULL.
    after: [
      "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.c = COALESCE(NEW.c, 'none')",
      'CREATE VIEW v AS SELECT id, a FROM t',
    ],
  },
  ranges: {
    create: [
      `CREATE TABLE t (id INT NOT NULL, a INT NOT NULL, b VARCHAR(40), PRIMARY KEY (id), KEY k_a (a)) ${charset}
         PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN (200),
         PARTITION p2 VALUES LESS THAN (400))`,
    ],
    fill: { id: 'n', a: 'n', b: 'n' },
  },
  hashes: {
    create: [
      `CREATE TABLE t (id INT NOT NULL, a INT NOT NULL, b VARCHAR(40), PRIMARY KEY (id), KEY k_a (a)) ${charset}
         PARTITION BY HASH (id) PARTITIONS 4`,
    ],
    fill: { id: 'n', a: 'n', b: 'n' },
  },
  /** A column was added and another dropped while it held rows: the server may have done so by a change of metadata. */
  altered: {
    create: [`CREATE TABLE t (${columns}, gone INT, ${keys}) ${charset}`],
    fill: words,
    after: [
      "ALTER TABLE t ADD COLUMN come VARCHAR(10) NOT NULL DEFAULT 'x'",
      'ALTER TABLE t DROP COLUMN gone',
    ],
  },
  odd: {
    create: [
      `CREATE TABLE t (\`id\` INT NOT NULL PRIMARY KEY, \`weird \`\`name\` INT, \`größe\` VARCHAR(20), \`select\` INT,
         KEY \`my key\` (\`größe\`)) ${charset}`,
    ],
    fill: { id: 'n', 'weird `name': 'n', größe: "'g'" },
  },
} satisfies Record<string, TableKind>;

export type TableName = keyof typeof tables;

/** Makes `t` (and `o`) anew, and fills them; `CREATE TABLE numbers` must have gone before. */
export async function makeTable(schema: Schema, name: TableName): Promise<void> {
  const { create, fill, after = [] }: TableKind = tables[name];
  await schema.query('SET SESSION foreign_key_checks=0');
  await schema.query('DROP VIEW IF EXISTS v');
  await schema.query('DROP TABLE IF EXISTS t, o');
  await schema.query('SET SESSION foreign_key_checks=1');
  for (const sql of create) {
    await schema.query(sql);
    if (sql === other) await schema.query(fillOther);
  }
  const columns = Object.keys(fill).map((column) => `\`${column.replaceAll('`', '``')}\``);
  await schema.query(
    `INSERT INTO t (${columns.join(', ')}) SELECT ${Object.values(fill).join(', ')} FROM numbers ORDER BY numbers.n`,
  );
  for (const sql of after) await schema.query(sql);
}

/** The numbers from 1 to 300. */
export async function makeNumbers(schema: Schema): Promise<void> {
  await schema.query('CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY)');
  const list = Array.from({ length: rows }, (_, index) => `(${index + 1})`);
  await schema.query(`INSERT INTO numbers VALUES ${list.join(',')}`);
}
