import t from 'tap';
import { parseStatements } from '../../lib/sql/parse.js';
import { partitionManagement, startsWithPartitionBy } from '../../lib/sql/partition-clause.js';

const management: readonly [spec: string, kind: ReturnType<typeof partitionManagement>][] = [
  ['ADD PARTITION (PARTITION p VALUES LESS THAN (10))', 'add'],
  ['add partition if not exists (partition p values in (1))', 'add'],
  ['ADD PARTITION PARTITIONS 4', 'copying'],
  ['ADD PARTITION (PARTITION p9)', 'copying'],
  ["ADD PARTITION (PARTITION p9 COMMENT 'VALUES')", 'copying'],
  ['DROP PARTITION p0, p1', 'drop'],
  ['DROP PARTITION IF EXISTS p0', 'drop'],
  ['COALESCE PARTITION 2', 'copying'],
  ['REORGANIZE PARTITION p INTO (PARTITION q VALUES LESS THAN (1))', 'copying'],
  ['REBUILD PARTITION ALL', 'copying'],
  ['PARTITION BY HASH(id) PARTITIONS 4', undefined],
  ['REMOVE PARTITIONING', undefined],
  ['ADD `partition` INT, DROP `partition`', undefined],
  ['ADD c INT', undefined],
];

for (const [spec, kind] of management) {
  t.test(spec, async (t) => {
    t.equal(partitionManagement(parseStatements(`ALTER TABLE t ${spec}`)[0]?.clauses ?? []), kind);
  });
}

const beginnings: readonly [spec: string, expected: boolean][] = [
  ['PARTITION BY HASH(id)', true],
  ['partition by key()', true],
  ['REMOVE PARTITIONING', true],
  ['/*!50100 PARTITION BY HASH(id) */', true],
  ['ADD c INT PARTITION BY HASH(id)', false],
  ['DROP PARTITION p', false],
  ['', false],
];

for (const [spec, expected] of beginnings) {
  t.test(`begins: ${spec}`, async (t) => t.equal(startsWithPartitionBy(spec), expected));
}
