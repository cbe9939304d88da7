import type { ServerKind } from '../sandbox/index.js';
import type { TableName } from './tables.js';

/**
 * What a server does for a change, as it was found on a filled table:
 * I instant · M metadata in place · S scan · R rebuild · B in place, writers blocked · W in place, writers blocked,
 * written anew · C copy · O online copy · = nothing to do · ~ taken, and ignored · ! refused · ? the words are not
 * known to this server, or the kind of table is not.
 */
export type Code = 'I' | 'M' | 'S' | 'R' | 'B' | 'W' | 'C' | 'O' | '=' | '~' | '!' | '?';

const kinds = ['mysql-5.7', 'mysql-8.0', 'mysql-9.7', 'mariadb-10.11', 'mariadb-11.4'] as const;

export interface Change {
  table: TableName;
  alter: string;
  codes: Readonly<Record<ServerKind, Code>>;
}

/** One code for each server: MySQL 5.7, 8.0.15 and 9.7, MariaDB 10.11 and 11.4. */
function change(table: TableName, alter: string, codes: string): Change {
  const each = codes.split(' ') as Code[];
  if (each.length !== kinds.length) throw new Error(`${alter}: a code for each server is wanted`);
  return {
    table,
    alter,
    codes: Object.fromEntries(kinds.map((kind, at) => [kind, each[at]])) as Change['codes'],
  };
}

export const changes: readonly Change[] = [
  // Columns that come
  change('plain', 'ADD COLUMN z INT', 'R I I I I'),
  change('plain', 'ADD COLUMN z INT FIRST', 'R R I I I'),
  change('plain', 'ADD COLUMN z INT AFTER a', 'R R I I I'),
  change('plain', 'ADD COLUMN z INT NOT NULL DEFAULT 7', 'R I I I I'),
  change('plain', 'ADD COLUMN z TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP', 'R I I I I'),
  change('plain', 'ADD COLUMN z DATETIME(3) NULL, ADD COLUMN y JSON', 'R I I I I'),
  change('plain', 'ADD COLUMN z INT INVISIBLE', '? ? I I I'),
  change('plain', 'ADD COLUMN z VARCHAR(36) DEFAULT (UUID())', '? ! ! C O'),
  change('plain', 'ADD COLUMN z INT AS (a + 1) VIRTUAL', 'M I I I I'),
  change('plain', 'ADD COLUMN z INT AS (a + 1) VIRTUAL, ADD COLUMN y INT', 'C I I C O'),
  change('plain', 'ADD COLUMN z INT AS (a + 1) STORED', 'C C C C O'),
  change('keyless', 'ADD COLUMN z INT AUTO_INCREMENT PRIMARY KEY', 'W W W W W'),
  change('altered', 'ADD COLUMN z INT', 'R I I I I'),
  change('altered', 'ADD COLUMN z INT FIRST, DROP COLUMN x', 'R R I I I'),
  change('compressed', 'ADD COLUMN z INT', 'R R R R R'),
  change('fulltext', 'ADD COLUMN z INT FIRST', 'C C C W W'),
  change('generated', 'ADD COLUMN z INT', 'R I I I I'),
  change('child', 'ADD COLUMN z INT', 'R I I I I'),
  change('parent', 'ADD COLUMN z INT', 'R I I I I'),
  change('family', 'ADD COLUMN z INT', 'R I I I I'),
  change('triggered', 'ADD COLUMN z INT', 'R I I I I'),
  change('ranges', 'ADD COLUMN z INT', 'R I I I I'),
  change('hashes', 'ADD COLUMN z INT FIRST', 'R R I I I'),
  change('odd', 'ADD COLUMN `z z``z` INT AFTER `größe`', 'R R I I I'),

  // Columns that go
  change('plain', 'DROP COLUMN x', 'R R I I I'),
  change('plain', 'DROP COLUMN x, DROP COLUMN u', 'R R I I I'),
  change('plain', 'DROP COLUMN k', 'R R R M M'),
  change('generated', 'DROP COLUMN v', 'M I I I I'),
  change('generated', 'DROP COLUMN y', 'R R R M M'),
  change('generated', 'DROP COLUMN a', '! ! ! ! !'),
  change('compressed', 'DROP COLUMN x', 'R R R R R'),
  change('fulltext', 'DROP COLUMN u', 'C C C W W'),
  change('child', 'DROP COLUMN i', '! ! ! ! !'),
  change('child', 'DROP COLUMN d', 'R R I I I'),
  change('ranges', 'DROP COLUMN b', 'R R I I I'),
  change('odd', 'DROP COLUMN `weird ``name`', 'R R I I I'),

  // Names, places, defaults
  change('plain', 'RENAME COLUMN x TO xx', '? M I I I'),
  change('plain', 'CHANGE x xx TEXT', 'M M I I I'),
  change('plain', 'RENAME COLUMN i TO j, RENAME COLUMN j TO i', '? M I I I'),
  change('plain', 'RENAME COLUMN b TO bb', '? M I I I'),
  change('child', 'RENAME COLUMN i TO ii', '? M I I I'),
  change('parent', 'RENAME COLUMN a TO aa', '? M M I I'),
  change('plain', 'MODIFY d DATETIME AFTER id', 'R R R I I'),
  change('plain', 'MODIFY x TEXT FIRST', 'R R R I I'),
  change('plain', 'ALTER COLUMN i SET DEFAULT 5', 'M I I I I'),
  change('plain', 'ALTER COLUMN c DROP DEFAULT', 'M I I I I'),
  change('plain', "MODIFY a INT NOT NULL COMMENT 'how many'", 'M I I I I'),
  change('plain', 'MODIFY n BIGINT INVISIBLE', '? ? I I I'),
  change('plain', 'MODIFY b VARCHAR(40)', '= = = = ='),

  // Types
  change('plain', 'MODIFY u VARCHAR(30) CHARACTER SET utf8', 'M M M I I'),
  change('plain', 'MODIFY b VARCHAR(60)', 'S M M I I'),
  change('plain', 'MODIFY b VARCHAR(100)', 'C C C C O'),
  change('plain', "MODIFY c VARCHAR(250) NOT NULL DEFAULT ''", 'M M M I I'),
  change('plain', "MODIFY c VARCHAR(100) NOT NULL DEFAULT ''", 'C C C C O'),
  change('plain', 'MODIFY b TEXT, DROP INDEX k_b', 'C C C C O'),
  change('plain', 'MODIFY x MEDIUMTEXT', 'C C C C O'),
  change('plain', 'MODIFY a BIGINT NOT NULL', 'C C C C O'),
  change('plain', 'MODIFY n INT', 'C C C C O'),
  change('plain', 'MODIFY i INT UNSIGNED', 'C C C C O'),
  change('plain', 'MODIFY id BIGINT NOT NULL AUTO_INCREMENT', 'C C C C O'),
  change('plain', 'MODIFY m DECIMAL(12,2) NOT NULL DEFAULT 0', 'C C C C O'),
  change('plain', 'MODIFY d DATETIME(3)', 'C C C C O'),
  change('plain', "MODIFY e ENUM('x','y','z') NOT NULL DEFAULT 'x'", 'M I I I I'),
  change('plain', "MODIFY e ENUM('x','w','y') NOT NULL DEFAULT 'x'", 'C C C C O'),
  change('plain', "MODIFY s SET('p','q','r')", 'M I I I I'),
  change('plain', 'MODIFY b VARCHAR(40) NOT NULL', 'R R R R R'),
  change('plain', 'MODIFY a INT NULL', 'R R R R R'),
  change('generated', 'MODIFY a BIGINT NOT NULL', 'C C C C O'),
  change('child', 'MODIFY i BIGINT', '! ! ! ! !'),
  change('child', 'MODIFY d DATE', 'C C C C C'),
  change('parent', 'MODIFY a BIGINT NOT NULL', '! ! ! ! !'),
  change('parent', 'MODIFY n INT', 'C C C C O'),
  change('family', 'MODIFY id BIGINT NOT NULL AUTO_INCREMENT', '! ! ! ! !'),
  change('triggered', 'MODIFY n INT', 'C C C C O'),
  change('ranges', 'MODIFY b VARCHAR(100)', 'C C C C O'),

  // Charsets
  change('plain', 'MODIFY l VARCHAR(30) CHARACTER SET utf8mb4', 'C C C C O'),
  change('plain', 'MODIFY u VARCHAR(20) CHARACTER SET utf8mb4', 'C M M I I'),
  change('plain', 'MODIFY w VARCHAR(20) CHARACTER SET utf8mb4', 'C C C I I'),
  change('plain', "MODIFY c VARCHAR(200) COLLATE utf8mb4_bin NOT NULL DEFAULT ''", 'C M M I I'),
  change('plain', 'MODIFY b VARCHAR(40) COLLATE utf8mb4_bin', 'C C C S S'),
  change('plain', 'CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', 'C C C C O'),
  change('plain', 'DEFAULT CHARACTER SET latin1', 'M M M I I'),

  // The table itself
  change('plain', "COMMENT 'what people bought'", 'M M M I I'),
  change('plain', 'AUTO_INCREMENT=100000', 'M M M I I'),
  change('plain', 'STATS_PERSISTENT=1', 'M M M I I'),
  change('plain', 'ROW_FORMAT=COMPACT', 'R R R R R'),
  change('plain', 'ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8', 'R R R R R'),
  change('plain', 'ENGINE=InnoDB', 'R R R R R'),
  change('plain', 'FORCE', 'R R R R R'),
  change('plain', 'ENGINE=MyISAM', 'C C C C O'),
  change('plain', 'ORDER BY b, a', 'C C C C O'),
  change('fulltext', 'FORCE', 'C C C W W'),
  change('parent', 'FORCE', 'R R R R R'),
  change('parent', 'ENGINE=MyISAM', '! ! ! ! !'),
  change('family', 'FORCE', 'R R R R R'),
  change('altered', 'FORCE', 'R R R R R'),

  // Indexes
  change('plain', 'ADD INDEX k_d (d)', 'S S S S S'),
  change('plain', 'ADD INDEX k_d (d), ADD INDEX k_c (c)', 'S S S S S'),
  change('plain', 'ADD UNIQUE INDEX uq_n (n)', 'S S S S S'),
  change('plain', 'ADD UNIQUE INDEX uq_l (l)', 'S S S S S'),
  change('plain', 'ADD INDEX k_x (x(20))', 'S S S S S'),
  change('plain', 'ADD INDEX k_d (d DESC, c)', 'S S S S S'),
  change('plain', 'ADD INDEX k_f ((a + i))', '? B B ? ?'),
  change('plain', 'ADD FULLTEXT INDEX ft (x)', 'W W W W W'),
  change('fulltext', 'ADD FULLTEXT INDEX ft_2 (c)', 'B B B B B'),
  change('spatial', 'ADD SPATIAL INDEX sp (p)', 'B B B B B'),
  change('plain', 'DROP INDEX k_b', 'M M M M M'),
  change('plain', 'DROP INDEX k_b, DROP INDEX k_k', 'M M M M M'),
  change('fulltext', 'DROP INDEX ft_x', 'M M M M M'),
  change('plain', 'RENAME INDEX k_b TO k_bb', 'M M M I I'),
  change('plain', 'ALTER INDEX k_b INVISIBLE', '? M M ? ?'),
  change('plain', 'ALTER INDEX k_b IGNORED', '? ? ? I I'),
  change('plain', 'DROP INDEX k_b, ADD INDEX k_b (b, c)', 'S S S S S'),
  change('plain', 'DROP INDEX k_b, ADD INDEX k_bb (b)', 'S S S I I'),
  change('parent', 'ADD INDEX k_c (c)', 'S S S S S'),
  change('parent', 'DROP INDEX uq_a', '! ! ! ! !'),
  change('child', 'ADD INDEX k_d (d)', 'S S S S S'),
  change('child', 'DROP INDEX k_i', '! ! ! ! !'),
  change('hashes', 'ADD INDEX k_b (b)', 'S S S S S'),
  change('ranges', 'ADD UNIQUE INDEX uq_b (b)', '! ! ! ! !'),

  // Primary keys
  change('keyed', 'DROP PRIMARY KEY', 'C C C C O'),
  change('keyed', 'DROP PRIMARY KEY, ADD PRIMARY KEY (a, b)', 'R R R R R'),
  change('keyed', 'DROP PRIMARY KEY, ADD PRIMARY KEY (b)', 'R R R R R'),
  change('keyless', 'ADD PRIMARY KEY (a)', 'R R R R R'),

  // Foreign keys and checks
  change('spare', 'ADD CONSTRAINT fk_i FOREIGN KEY (i) REFERENCES o (id)', 'C C C C O'),
  change('spare', 'ADD FOREIGN KEY (a) REFERENCES o (id) ON DELETE CASCADE', 'C C C C O'),
  change('spare', 'ADD CONSTRAINT fk_i FOREIGN KEY (i) REFERENCES o (nothing)', '! ! ! ! !'),
  change('spare', 'ADD CONSTRAINT fk_i FOREIGN KEY (i) REFERENCES nobody (id)', '! ! ! ! !'),
  change('child', 'DROP FOREIGN KEY fk_i', 'M M M I I'),
  change('child', 'DROP FOREIGN KEY fk_i, DROP FOREIGN KEY fk_j', 'M M M I I'),
  change('family', 'DROP FOREIGN KEY fk_self', 'M M M I I'),
  change('plain', 'ADD CONSTRAINT ck CHECK (a > 0)', '~ ~ C C O'),
  change('plain', 'ADD CHECK (a > 0)', '~ ~ C C O'),
  change('plain', 'ADD COLUMN z INT DEFAULT 1 CHECK (z > 0)', 'R I C I I'),
  change('checked', 'DROP CHECK ck_a', '? ? I ? ?'),
  change('checked', 'DROP CONSTRAINT ck_a', '? ? I I I'),
  change('checked', 'ADD COLUMN z INT', '? ? I I I'),

  // Partitions
  change('plain', 'PARTITION BY HASH (id) PARTITIONS 3', '! ! ! ! !'),
  change('keyed', 'PARTITION BY HASH (a) PARTITIONS 3', 'C C C C O'),
  change('hashes', 'REMOVE PARTITIONING', 'C C C C O'),
  change('ranges', 'ADD PARTITION (PARTITION p3 VALUES LESS THAN (500))', 'M M M M M'),
  change('ranges', 'DROP PARTITION p0', 'M M M M M'),
  change(
    'ranges',
    'REORGANIZE PARTITION p2 INTO (PARTITION p2 VALUES LESS THAN (300), PARTITION p3 VALUES LESS THAN (400))',
    'C W W C C',
  ),
  change('ranges', 'REBUILD PARTITION p1', 'C W W C C'),
  change('hashes', 'ADD PARTITION PARTITIONS 2', 'C W W C C'),
  change('hashes', 'COALESCE PARTITION 2', 'C W W C C'),
  change('ranges', 'FORCE', 'R R R R R'),

  // Several at once: as dear as the dearest
  change('plain', 'ADD COLUMN z INT, ADD INDEX k_z (z)', 'R R R R R'),
  change('plain', 'ADD COLUMN z INT, DROP INDEX k_b', 'R R R M M'),
  change('plain', 'ADD COLUMN z INT, MODIFY n INT', 'C C C C O'),
  change('plain', "ADD COLUMN z INT, COMMENT 'more'", 'R R R I I'),
  change('plain', 'DROP COLUMN x, ADD INDEX k_d (d), ALTER COLUMN i SET DEFAULT 1', 'R R R R R'),
  change('plain', 'CHANGE b bb VARCHAR(60), ADD COLUMN z INT', 'R R R I I'),
];
