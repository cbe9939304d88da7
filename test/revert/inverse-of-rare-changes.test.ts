import t from 'tap';
import type { ServerKind } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { takenBack } from '../support/taken-back.js';

const kinds = ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'] as const satisfies readonly ServerKind[];
const mysql: readonly ServerKind[] = ['mysql-9.7'];
const mariadb: readonly ServerKind[] = ['mariadb-10.11'];
const enforcing: readonly ServerKind[] = ['mysql-9.7', 'mariadb-10.11'];

interface Case {
  /** What stands between the parentheses of CREATE TABLE t. */
  of: string;
  /** What stands behind them. */
  as?: string;
  alter: string;
  /** Ids of losses. */
  says?: readonly string[];
  on?: readonly ServerKind[];
  refused?: RegExp;
}

const four =
  'id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT, b INT, c VARCHAR(20), d INT, KEY k_a (a), KEY k_b (b, c(5))';
const strings = `c VARCHAR(90) NOT NULL DEFAULT 'it''s, \\\\ "a" \\n\`*/ 🧊 ) ENGINE' COMMENT 'one, "two" */ -- three''\\n# four'`;
const marks = 'a INT, b INT, c VARCHAR(20)';

const cases: readonly Case[] = [
  // Names and places
  { of: four, alter: 'CHANGE a b INT, CHANGE b a INT' },
  { of: four, alter: 'CHANGE a aa INT, CHANGE b a INT, CHANGE c b VARCHAR(20)' },
  {
    of: four,
    alter: 'CHANGE a aa INT AFTER c, DROP COLUMN b, ADD COLUMN z INT FIRST, MODIFY d INT AFTER z',
    says: ['values-gone', 'values-lost'],
  },
  {
    of: four,
    alter: 'MODIFY d INT FIRST, MODIFY c VARCHAR(20) AFTER d, MODIFY b INT AFTER c, MODIFY a INT AFTER b',
  },
  { of: four, alter: 'CHANGE d dd BIGINT FIRST, MODIFY a INT AFTER b', says: ['may-not-fit'] },
  { of: four, alter: 'CHANGE a A INT, RENAME INDEX k_a TO K_A' },
  {
    of: four,
    alter: 'ADD COLUMN aa INT FIRST, DROP COLUMN a, DROP COLUMN d',
    says: ['values-gone', 'values-gone', 'values-lost'],
  },
  {
    of: four,
    alter: 'DROP COLUMN a, CHANGE b a INT, ADD COLUMN b INT',
    says: ['values-gone', 'values-lost'],
  },
  { of: four, alter: 'RENAME INDEX k_a TO k_b, RENAME INDEX k_b TO k_a' },
  {
    of: '`a``b, c` INT, `KEY ``(` INT, KEY `k ``x` (`a``b, c`)',
    alter: 'DROP INDEX `k ``x`, CHANGE `KEY ``(` `)` INT, DROP COLUMN `a``b, c`',
    says: ['values-gone'],
  },
  // What is written in a definition
  { of: `a INT, ${strings}`, alter: "MODIFY c VARCHAR(90) NOT NULL DEFAULT 'x'" },
  { of: `a INT, ${strings}`, alter: 'DROP COLUMN c', says: ['values-gone'] },
  {
    of: `a INT, ${strings}, KEY k (c) COMMENT 'of, ''c'''`,
    alter: 'DROP INDEX k, DROP COLUMN a',
    says: ['values-gone'],
  },
  { of: `${marks}`, as: `COMMENT='it''s, \\\\ a=\\'b\\' /*! x */'`, alter: "COMMENT=''" },
  {
    of: "e ENUM('a,b','c''d',')') DEFAULT 'c''d', a INT",
    alter: "MODIFY e ENUM('x','c''d') NOT NULL",
    says: ['may-not-fit'],
  },
  {
    of: "a INT, b BIT(3) DEFAULT b'101', n BINARY(4) DEFAULT 'a', f DOUBLE DEFAULT -1.5, i INT(5) UNSIGNED ZEROFILL DEFAULT 7",
    alter: 'DROP COLUMN b, DROP COLUMN n, DROP COLUMN f, DROP COLUMN i',
    says: ['values-gone', 'values-gone', 'values-gone', 'values-gone'],
  },
  {
    of: 'a INT, s TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, w DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3)',
    alter: 'MODIFY s TIMESTAMP NULL, DROP COLUMN w',
    says: ['values-gone'],
  },
  { of: 'a INT, d DATE NOT NULL', alter: 'DROP COLUMN d', says: ['values-gone', 'no-value'] },
  {
    of: 'a INT, p POINT NOT NULL, SPATIAL KEY s (p)',
    alter: 'DROP COLUMN p',
    says: ['values-gone', 'no-value'],
  },
  {
    of: 'a INT, p POINT NOT NULL SRID 4326',
    alter: 'MODIFY p POINT NOT NULL',
    on: mysql,
  },
  {
    of: 'a INT, u VARCHAR(40) DEFAULT (UUID())',
    alter: 'ALTER COLUMN u DROP DEFAULT',
    on: enforcing,
  },
  {
    of: 'a INT, j JSON',
    alter: 'DROP COLUMN j',
    says: ['values-gone'],
    on: enforcing,
  },
  {
    of: 'a INT, z VARCHAR(99) COMPRESSED, u UUID NOT NULL, n INET6',
    alter: 'MODIFY z VARCHAR(99), DROP COLUMN u, DROP COLUMN n',
    says: ['values-gone', 'values-gone'],
    on: mariadb,
  },
  { of: 'a INT, v VECTOR(3)', alter: 'DROP COLUMN v', says: ['values-gone'], on: mysql },
  { of: 'a INT, x VARBINARY(4) DEFAULT 0xFFFE', alter: 'DROP COLUMN x', says: ['values-gone'], on: mysql },
  { of: 'a INT, x VARBINARY(4) DEFAULT 0xFFFE', alter: 'DROP COLUMN x', refused: /x has bytes/, on: mariadb },
  // Computed
  {
    of: 'a INT, v INT AS (a + 1) VIRTUAL, s INT AS (a + 2) STORED, KEY k_v (v), KEY k_s (s, a)',
    alter: 'MODIFY v INT AS (a + 3) VIRTUAL, MODIFY s INT AS (a + 4) STORED',
  },
  {
    of: 'a INT, v INT AS (a + 1) VIRTUAL, b INT, KEY k_v (v)',
    alter: 'DROP INDEX k_v, DROP COLUMN v, ADD COLUMN v INT AS (a + 1) STORED AFTER a, ADD INDEX k_v (v)',
  },
  {
    of: 'a INT, v INT AS (a + 1) VIRTUAL, b INT, KEY k_b (b)',
    alter: 'DROP COLUMN v, ADD COLUMN v INT',
    says: ['values-lost'],
  },
  {
    of: 'a INT, v INT, b INT, KEY k_v (v)',
    alter: 'DROP COLUMN v, ADD COLUMN v INT AS (a + 1) VIRTUAL FIRST, ADD INDEX k_x (v)',
    says: ['values-gone'],
    on: enforcing,
  },
  { of: 'a INT, s INT AS (a + 2) STORED, KEY k_s (s)', alter: 'MODIFY s INT', says: ['values-lost'] },
  { of: 'a INT, s INT, KEY k_s (s)', alter: 'MODIFY s INT AS (a + 2) STORED', says: ['values-gone'] },
  { of: 'a INT, v INT AS (a + 1) VIRTUAL', alter: 'CHANGE a aa INT, MODIFY v INT AS (aa + 1) VIRTUAL' },
  {
    of: 'a INT, v INT AS (a + 1) VIRTUAL, CONSTRAINT ck CHECK (a > 0), KEY k (v)',
    alter: 'CHANGE a aa INT',
    on: mariadb,
  },
  {
    of: 'a INT, b INT, KEY k ((a + b)), KEY d (a DESC, b)',
    alter: 'DROP INDEX k, DROP INDEX d, ADD INDEX d (a, b)',
    on: mysql,
  },
  // Keys
  {
    of: `${four}, UNIQUE KEY u (a, b), UNIQUE KEY w (d)`,
    alter: 'DROP INDEX u, DROP INDEX w, ADD UNIQUE INDEX u (a)',
    says: ['duplicates'],
  },
  {
    of: four,
    alter: 'DROP PRIMARY KEY, DROP COLUMN id, ADD PRIMARY KEY (a)',
    says: ['values-gone'],
  },
  {
    of: four,
    alter: 'MODIFY id INT NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)',
    says: ['duplicates'],
  },
  {
    of: four,
    alter: 'DROP PRIMARY KEY, MODIFY id INT, MODIFY d INT NOT NULL AUTO_INCREMENT, ADD PRIMARY KEY (d)',
    says: ['nulls', 'duplicates'],
  },
  {
    of: 'a INT, b TEXT, FULLTEXT KEY f (b), KEY k (a)',
    alter: "DROP INDEX f, ADD FULLTEXT INDEX f (b) COMMENT 'x', DROP INDEX k, ADD INDEX k (a) COMMENT 'y'",
  },
  { of: 'a INT, b TEXT, FULLTEXT KEY f (b) WITH PARSER ngram', alter: 'DROP INDEX f', on: mysql },
  {
    of: 'a INT, b INT INVISIBLE, KEY k (a) INVISIBLE, KEY l (b)',
    alter: 'ALTER INDEX k VISIBLE, ALTER INDEX l INVISIBLE, MODIFY b INT',
    on: mysql,
  },
  {
    of: 'a INT, b INT INVISIBLE, KEY k (a) IGNORED, KEY l (b)',
    alter: 'ALTER INDEX k NOT IGNORED, ALTER INDEX l IGNORED, MODIFY b INT',
    on: mariadb,
  },
  // Constraints
  {
    of: 'id INT NOT NULL PRIMARY KEY, i INT, KEY fk (i), CONSTRAINT fk FOREIGN KEY (i) REFERENCES t (id) ON DELETE SET NULL',
    alter: 'DROP FOREIGN KEY fk, DROP INDEX fk, DROP COLUMN i',
    says: ['values-gone'],
  },
  {
    of: 'id INT NOT NULL PRIMARY KEY, i INT, CONSTRAINT fk FOREIGN KEY (i) REFERENCES t (id)',
    alter: 'CHANGE i j INT, CHANGE id k INT NOT NULL',
  },
  {
    of: 'id INT NOT NULL PRIMARY KEY, i INT, CONSTRAINT fk FOREIGN KEY (i) REFERENCES t (id)',
    alter: 'DROP FOREIGN KEY fk, ADD CONSTRAINT fk_2 FOREIGN KEY (i) REFERENCES t (id) ON UPDATE CASCADE',
    says: ['orphans'],
  },
  {
    of: 'id INT NOT NULL PRIMARY KEY, i INT',
    alter: 'ADD COLUMN j INT, ADD CONSTRAINT fk FOREIGN KEY (j) REFERENCES t (id)',
    says: ['values-lost'],
  },
  {
    of: 'a INT, CONSTRAINT ck CHECK (a > 0), CONSTRAINT cl CHECK (a < 100)',
    alter: 'DROP CONSTRAINT ck, ADD CONSTRAINT ck CHECK (a > 1), DROP CONSTRAINT cl',
    says: ['check-violated', 'check-violated'],
    on: enforcing,
  },
  {
    of: 'a INT, CONSTRAINT ck CHECK (a > 0)',
    alter: 'ALTER CHECK ck NOT ENFORCED',
    says: ['check-violated'],
    on: mysql,
  },
  { of: 'a INT, CONSTRAINT ck CHECK (a > 0) NOT ENFORCED', alter: 'ALTER CHECK ck ENFORCED', on: mysql },
  {
    of: 'a INT, CONSTRAINT ck CHECK (a > 0)',
    alter: 'DROP CHECK ck, CHANGE a aa INT, ADD CONSTRAINT ck CHECK (aa > 0)',
    on: mysql,
  },
  {
    of: 'a INT CHECK (a > 0), b INT',
    alter: 'MODIFY a INT CHECK (a > 1)',
    says: ['check-violated'],
    on: mariadb,
  },
  { of: 'a INT CHECK (a > 0), b INT', alter: 'CHANGE a aa INT', says: ['check-violated'], on: mariadb },
  { of: 'a INT CHECK (a > 0), b INT', alter: 'RENAME COLUMN a TO aa', on: mariadb },
  // The table
  {
    of: "c VARCHAR(20), e ENUM('x'), x TEXT, KEY k (c)",
    as: 'DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci',
    alter: 'CONVERT TO CHARACTER SET latin1',
    says: ['may-not-fit'],
  },
  {
    of: 'c VARCHAR(20) CHARACTER SET latin1, d VARCHAR(20), UNIQUE KEY u (c)',
    as: 'DEFAULT CHARSET=latin1',
    alter: 'CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    says: ['may-not-fit', 'may-not-fit', 'duplicates'],
  },
  {
    of: 'c VARCHAR(20), d VARCHAR(20) COLLATE utf8mb4_bin',
    as: 'DEFAULT CHARSET=utf8mb4',
    alter: 'DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  },
  {
    of: 'c VARCHAR(20), d VARCHAR(20) COLLATE utf8mb4_bin',
    as: 'DEFAULT CHARSET=utf8mb4',
    alter: "DEFAULT CHARACTER SET ascii, ADD COLUMN z VARCHAR(9) DEFAULT 'a', DROP COLUMN c",
    says: ['values-gone', 'values-lost'],
  },
  {
    of: `${marks}`,
    as: `MAX_ROWS=5 MIN_ROWS=3 STATS_PERSISTENT=0 STATS_SAMPLE_PAGES=7 COMMENT='q'`,
    alter:
      "MAX_ROWS=0, MIN_ROWS=9, AVG_ROW_LENGTH=20, CHECKSUM=1, STATS_PERSISTENT=1, STATS_AUTO_RECALC=1, STATS_SAMPLE_PAGES=DEFAULT, COMMENT=''",
  },
  { of: `${marks}`, as: `COMPRESSION='zlib'`, alter: "COMPRESSION='', AUTOEXTEND_SIZE=4M", on: mysql },
  { of: `${marks}`, alter: 'PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=3', on: mariadb },
  { of: `${marks}`, alter: 'ADD SYSTEM VERSIONING', on: mariadb, refused: /VERSIONING/ },
  {
    of: 'a INT, s DATE, e DATE, PERIOD FOR p (s, e)',
    alter: 'DROP PERIOD FOR p',
    on: mariadb,
    refused: /periods/,
  },
  {
    of: 'a INT, s DATE, e DATE, PERIOD FOR p (s, e), UNIQUE KEY u (a, p WITHOUT OVERLAPS)',
    alter: 'DROP INDEX u, ADD COLUMN z INT',
    says: ['values-lost', 'duplicates'],
    on: mariadb,
  },
  // Partitions
  { ...ranges(3), alter: 'DROP PARTITION p1', says: ['rows-gone'] },
  { ...ranges(3), alter: 'DROP PARTITION p2', says: ['rows-gone', 'may-not-fit'] },
  { ...ranges(3), alter: 'DROP PARTITION p0, p2', says: ['rows-gone', 'may-not-fit'] },
  {
    ...ranges(3),
    alter: 'REORGANIZE PARTITION p0, p1 INTO (PARTITION q VALUES LESS THAN (200))',
    says: ['rows-gone'],
  },
  { ...ranges(3), alter: 'ADD PARTITION (PARTITION p9 VALUES LESS THAN MAXVALUE)', says: ['may-not-fit'] },
  { ...ranges(3), alter: 'REMOVE PARTITIONING', says: ['may-not-fit'] },
  {
    ...ranges(3),
    alter: 'ADD COLUMN z INT PARTITION BY HASH (id) PARTITIONS 3',
    says: ['values-lost', 'rows-gone', 'may-not-fit'],
  },
  {
    of: 'id INT NOT NULL, d DATE, KEY k (id)',
    as: "PARTITION BY RANGE COLUMNS (d) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN ('2024-01-01'), PARTITION p1 VALUES LESS THAN (MAXVALUE))",
    alter: 'DROP PARTITION p0',
    says: ['rows-gone'],
  },
  {
    of: 'id INT NOT NULL, d DATE',
    as: 'PARTITION BY RANGE (id) SUBPARTITION BY HASH (id) (PARTITION p0 VALUES LESS THAN (10) (SUBPARTITION s0, SUBPARTITION s1), PARTITION p1 VALUES LESS THAN (20) (SUBPARTITION s2, SUBPARTITION s3))',
    alter: 'REMOVE PARTITIONING',
    says: ['may-not-fit'],
  },
  {
    of: 'id INT NOT NULL, c VARCHAR(9)',
    as: "PARTITION BY LIST COLUMNS (c) (PARTITION p0 VALUES IN ('a,b', 'c)'), PARTITION p1 VALUES IN ('d') COMMENT 'x, y')",
    alter: 'DROP PARTITION p1',
    says: ['rows-gone', 'may-not-fit'],
  },
  {
    of: 'id INT NOT NULL, c VARCHAR(9)',
    as: "PARTITION BY LIST COLUMNS (c) (PARTITION p0 VALUES IN ('a,b', 'c)'), PARTITION p1 VALUES IN ('d') COMMENT 'x, y')",
    alter: 'DROP PARTITION p0',
    says: ['rows-gone'],
  },
  {
    of: 'id INT NOT NULL, a INT',
    as: 'PARTITION BY KEY (id) PARTITIONS 4',
    alter: 'PARTITION BY LINEAR HASH (id) PARTITIONS 3',
  },
  {
    of: 'id INT NOT NULL, a INT',
    as: 'PARTITION BY KEY ALGORITHM=1 (id) PARTITIONS 4',
    alter: 'REMOVE PARTITIONING',
  },
];

await forEachServer(t, kinds, async (t, server) => {
  const schema = await freshSchema(t, server);
  await schema.query('ALTER DATABASE CHARACTER SET utf8mb4');
  await schema.query("SET SESSION sql_mode='STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'");
  for (const { of, as = '', alter, says = [], on = kinds, refused } of cases) {
    if (!on.includes(server.kind)) continue;
    await schema.query('DROP TABLE IF EXISTS t');
    await schema.query(`CREATE TABLE t (${of}) ${as}`);
    const { inverse, faults } = await takenBack(schema, alter);
    const ids = inverse.losses.map(({ id }) => id.replace(/^revert-/, ''));
    t.same({ faults: refused ? [] : faults, ids }, { faults: [], ids: says }, `${of} ${as}: ${alter}`);
    if (refused) t.match(inverse.refused, refused, alter);
  }
});

function ranges(count: number): Pick<Case, 'of' | 'as'> {
  const list = Array.from({ length: count }, (_, i) => `PARTITION p${i} VALUES LESS THAN (${(i + 1) * 100})`);
  return { of: 'id INT NOT NULL, a INT, KEY k (a)', as: `PARTITION BY RANGE (id) (${list.join(', ')})` };
}
