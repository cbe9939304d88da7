import fc from 'fast-check';
import { quoteName } from '../../../lib/sql/quote.js';
import { assertion, clause } from './clauses.js';
import { type LiveTable, liveTables } from './live-tables.js';
import { spelt, stringLiteral } from './spelling.js';

const types = [
  'INT',
  'INT NOT NULL',
  'BIGINT NOT NULL',
  'BIGINT UNSIGNED',
  'TINYINT',
  'SMALLINT NOT NULL DEFAULT 3',
  'INT AUTO_INCREMENT UNIQUE',
  'DECIMAL(6,1)',
  'DECIMAL(12,2) NOT NULL DEFAULT 0',
  'VARCHAR(2)',
  'VARCHAR(40)',
  'VARCHAR(60) NOT NULL',
  'VARCHAR(300) CHARACTER SET latin1',
  'VARCHAR(40) COLLATE utf8mb4_general_ci',
  'CHAR(10) CHARACTER SET ascii',
  'TEXT',
  'TEXT NOT NULL',
  'VARBINARY(20)',
  'JSON',
  'DATE',
  'DATETIME',
  'DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6)',
  'TIMESTAMP NULL',
  'TIME',
  'YEAR',
  'DOUBLE',
  'FLOAT NOT NULL DEFAULT 1.5',
  'BIT(4)',
  "ENUM('new','paid')",
  "ENUM('new','paid','gone','back') DEFAULT 'new'",
  "SET('a','b;c')",
  'INT AS (1 + 1) VIRTUAL',
  'INT AS (length(note)) STORED',
  'INT CHECK (1 > 0)',
  'INVALID TYPE',
];

const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...types) },
  fc.tuple(fc.constantFrom(...types), stringLiteral).map(([a, b]) => `${a} COMMENT ${b}`),
);

const fresh = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('extra', '`new``name`', '`größer`', 'ID', '`select`') },
  spelt.map(({ sql }) => sql),
);

function real(names: readonly string[]): fc.Arbitrary<string> {
  if (names.length === 0) return fresh;
  return fc.oneof({ weight: 7, arbitrary: fc.constantFrom(...names).map(quoteName) }, fresh);
}

/** One to four clauses for one of the tables, mostly with names that it has. */
export function liveSpec(table: LiveTable): fc.Arbitrary<string> {
  const clauses = fc.array(fc.oneof({ weight: 16, arbitrary: liveClause(table) }, clause), {
    minLength: 1,
    maxLength: 4,
    size: 'small',
  });
  return fc
    .tuple(clauses, fc.option(assertion, { freq: 8 }))
    .map(([all, asserted]) => [...all.slice(0, 4), ...(asserted === null ? [] : [asserted])].join(', '));
}

function liveClause({ columns, keys, partitions }: LiveTable): fc.Arbitrary<string> {
  const column = real(columns);
  const key = real(keys);
  const parts = keyPartsOf(column);
  const place = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    fc.constant(' FIRST'),
    column.map((a) => ` AFTER ${a}`),
  );
  const parents = fc.constantFrom(...liveTables);
  const said = (...texts: fc.Arbitrary<string>[]) => fc.tuple(...texts).map((all) => all.join(' '));
  const words = (...all: string[]) => fc.constantFrom(...all);
  return fc.oneof(
    { weight: 3, arbitrary: said(words('ADD COLUMN', 'ADD'), fresh, type, place) },
    { weight: 4, arbitrary: said(words('MODIFY', 'MODIFY COLUMN'), column, type, place) },
    { weight: 2, arbitrary: said(words('CHANGE'), column, fc.oneof(fresh, column), type) },
    { weight: 2, arbitrary: said(words('DROP COLUMN', 'DROP'), column) },
    said(words('RENAME COLUMN'), column, words('TO'), fresh),
    said(words('RENAME INDEX'), key, words('TO'), fresh),
    said(words('DROP INDEX', 'DROP KEY', 'DROP FOREIGN KEY', 'DROP CONSTRAINT', 'DROP CHECK'), key),
    {
      weight: 3,
      arbitrary: said(
        words('ADD INDEX', 'ADD UNIQUE', 'ADD UNIQUE KEY', 'ADD FULLTEXT INDEX'),
        fc.oneof(fresh, key),
        parts,
      ),
    },
    said(words('ADD PRIMARY KEY', 'DROP PRIMARY KEY, ADD PRIMARY KEY', 'ADD INDEX', 'ADD UNIQUE'), parts),
    words(
      'DROP PRIMARY KEY',
      'FORCE',
      'ENGINE=InnoDB',
      'ENGINE=MyISAM',
      'ROW_FORMAT=COMPRESSED',
      'AUTO_INCREMENT=1000',
    ),
    words(
      'CONVERT TO CHARACTER SET latin1',
      'CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
      'CHARACTER SET ascii',
    ),
    said(words('COMMENT'), stringLiteral),
    said(
      words('ALTER COLUMN'),
      column,
      words('SET DEFAULT 1', "SET DEFAULT 'x'", 'DROP DEFAULT', 'SET DEFAULT NULL'),
    ),
    said(
      words('ADD CONSTRAINT'),
      fresh,
      words('CHECK ('),
      column,
      words('> 5)', 'IS NOT NULL)', "<> 'a;b')"),
    ),
    parents.chain((parent) =>
      said(
        words('ADD CONSTRAINT'),
        fresh,
        words('FOREIGN KEY'),
        parts,
        words(`REFERENCES ${quoteName(parent.name)}`),
        keyPartsOf(real(parent.columns)),
      ),
    ),
    said(words('PARTITION BY HASH ('), column, words(') PARTITIONS 3')),
    words('REMOVE PARTITIONING'),
    said(words('DROP PARTITION', 'REBUILD PARTITION', 'TRUNCATE PARTITION'), real(partitions ?? [])),
    words(
      'REORGANIZE PARTITION p0, p1 INTO (PARTITION px VALUES LESS THAN (60))',
      'COALESCE PARTITION 1',
      'ADD PARTITION PARTITIONS 2',
    ),
    said(words('ALTER INDEX'), key, words('INVISIBLE', 'VISIBLE', 'IGNORED')),
  );
}

export function keyPartsOf(column: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(column, fc.constantFrom('', '', '', ' DESC', '(3)')), { minLength: 1, maxLength: 2 })
    .map((parts) => `(${parts.map((part) => part.join('')).join(', ')})`);
}

export { fresh as freshName, real as realName, type as columnType };
