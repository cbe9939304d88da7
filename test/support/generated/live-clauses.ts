import fc from 'fast-check';
import { quoteName } from '../../../lib/sql/names.js';
import { assertion, clause } from './clauses.js';
import { columnType, freshName, liveKeyParts, realName } from './live-names.js';
import { type LiveTable, liveTables } from './live-tables.js';
import { stringLiteral } from './spelling.js';

/** One to four clauses for one of the tables, mostly with names that it has. */
export function liveSpec(table: LiveTable): fc.Arbitrary<string> {
  const one = fc.oneof(
    { weight: 20, arbitrary: columnClause(table) },
    { weight: 20, arbitrary: keyClause(table) },
    { weight: 8, arbitrary: tableClause },
    clause,
  );
  const size = fc.constantFrom(1, 1, 1, 1, 2, 2, 3, 4);
  const several = size.chain((n) => fc.array(one, { minLength: n, maxLength: n }));
  const clauses = fc.oneof(
    { weight: table.partitions ? 4 : 20, arbitrary: several },
    // The grammar lets these stand alone only.
    partitionClause(table).map((only) => [only]),
  );
  return fc
    .tuple(clauses, fc.option(assertion, { freq: 8 }))
    .map(([all, asserted]) => [...all, ...(asserted === null ? [] : [asserted])].join(', '));
}

function columnClause({ columns }: LiveTable): fc.Arbitrary<string> {
  const column = realName(columns);
  const place = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    fc.constant(' FIRST'),
    column.map((a) => ` AFTER ${a}`),
  );
  const defaults = words('SET DEFAULT 1', "SET DEFAULT 'x'", 'DROP DEFAULT', 'SET DEFAULT NULL');
  return fc.oneof(
    { weight: 3, arbitrary: said(words('ADD COLUMN', 'ADD'), freshName, columnType, place) },
    { weight: 4, arbitrary: said(words('MODIFY', 'MODIFY COLUMN'), column, columnType, place) },
    { weight: 2, arbitrary: said(words('CHANGE'), column, fc.oneof(freshName, column), columnType) },
    { weight: 2, arbitrary: said(words('DROP COLUMN', 'DROP'), column) },
    said(words('RENAME COLUMN'), column, words('TO'), freshName),
    said(words('ALTER COLUMN'), column, defaults),
  );
}

function keyClause({ columns, keys }: LiveTable): fc.Arbitrary<string> {
  const column = realName(columns);
  const key = realName(keys);
  const parts = liveKeyParts(column);
  const name = fc.oneof(freshName, key);
  const drop = words('DROP INDEX', 'DROP KEY', 'DROP FOREIGN KEY', 'DROP CONSTRAINT');
  const unnamed = words('ADD PRIMARY KEY', 'DROP PRIMARY KEY, ADD PRIMARY KEY', 'ADD INDEX', 'ADD UNIQUE');
  const condition = words('> 5)', 'IS NOT NULL)', "<> 'a;b')");
  const foreignKey = fc.constantFrom(...liveTables).chain((parent) => {
    const references = words(`REFERENCES ${quoteName(parent.name)}`);
    return said(
      words('ADD CONSTRAINT'),
      freshName,
      words('FOREIGN KEY'),
      parts,
      references,
      liveKeyParts(realName(parent.columns)),
    );
  });
  return fc.oneof(
    {
      weight: 4,
      arbitrary: said(words('ADD INDEX', 'ADD UNIQUE', 'ADD UNIQUE KEY', 'ADD FULLTEXT INDEX'), name, parts),
    },
    { weight: 2, arbitrary: said(unnamed, parts) },
    { weight: 2, arbitrary: said(drop, key) },
    said(words('RENAME INDEX'), key, words('TO'), freshName),
    said(words('ADD CONSTRAINT'), freshName, words('CHECK ('), column, condition),
    said(words('ALTER INDEX'), key, words('INVISIBLE', 'VISIBLE', 'IGNORED')),
    words('DROP PRIMARY KEY'),
    foreignKey,
  );
}

const tableClause: fc.Arbitrary<string> = fc.oneof(
  words(
    'FORCE',
    'ENGINE=InnoDB',
    'ENGINE=MyISAM',
    'ROW_FORMAT=COMPRESSED',
    'AUTO_INCREMENT=1000',
    'AUTO_INCREMENT=1',
  ),
  words('CONVERT TO CHARACTER SET latin1', 'CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'),
  words('CHARACTER SET ascii', 'CONVERT TO CHARACTER SET ascii'),
  said(words('COMMENT'), stringLiteral),
);

function partitionClause({ columns, partitions = ['p0'] }: LiveTable): fc.Arbitrary<string> {
  return fc.oneof(
    said(words('PARTITION BY HASH ('), realName(columns), words(') PARTITIONS 3')),
    said(words('PARTITION BY RANGE ('), realName(columns), words(') (PARTITION p VALUES LESS THAN (40))')),
    said(words('DROP PARTITION', 'REBUILD PARTITION', 'TRUNCATE PARTITION'), realName(partitions)),
    words('REORGANIZE PARTITION p0, p1 INTO (PARTITION px VALUES LESS THAN (60))', 'COALESCE PARTITION 1'),
    words(
      'REMOVE PARTITIONING',
      'ADD PARTITION PARTITIONS 2',
      'ADD PARTITION (PARTITION p9 VALUES LESS THAN (99))',
    ),
  );
}

function said(...texts: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...texts).map((all) => all.join(' '));
}

function words(...all: string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...all);
}
