import t from 'tap';
import { readAsGhost } from '../../../../lib/engines/gh-ost/assess/statement.js';

const cases: readonly [spec: string, renames: Record<string, string>, drops?: string[]][] = [
  ['ADD COLUMN c INT', {}],
  ['CHANGE a b INT', { a: 'b' }],
  ['change column `a` `b` INT', { a: 'b' }],
  ['CHANGE a a BIGINT', {}],
  ['CHANGE a A BIGINT', { a: 'A' }],
  ['CHANGE a b INT, CHANGE b a INT', { a: 'b', b: 'a' }],
  ['CHANGE NOTE remark INT', { NOTE: 'remark' }],
  ['RENAME COLUMN a TO b', {}],
  ['CHANGE `a b` c INT', { '`a': 'b`' }],
  ['CHANGE `a``b` c INT', { '`a``b`': 'c' }],
  ['CHANGE COLUMN IF EXISTS a b INT', { IF: 'EXISTS' }],
  ["ADD c INT COMMENT 'change a b c'", {}],
  ['ADD c INT COMMENT "change a b c"', { a: 'b' }],
  ["ADD c INT COMMENT 'it''s, change a b c'", {}],
  ["ADD c INT COMMENT 'don\\'t, change a b c'", { a: 'b' }],
  ['DROP COLUMN c', {}, ['c']],
  ['DROP `C`, drop d', {}, ['c', 'd']],
  ['DROP COLUMN IF EXISTS c', {}],
  ['DROP INDEX c', {}],
  ['DROP PRIMARY KEY', {}],
  ['ALTER c DROP DEFAULT', {}, ['default']],
  ["ADD d INT COMMENT 'a ''quoted'' drop c'", {}],
  ["ADD d INT COMMENT 'don\\'t drop c, please'", {}, ['c']],
  ['ADD d INT DEFAULT (f(g(1), 2)), DROP c', {}, ['c']],
  ["ADD e ENUM('a', 'b'), DROP c", {}, ['c']],
];

for (const [spec, renames, drops = []] of cases) {
  t.test(spec, async (t) => {
    const reading = readAsGhost(spec);
    t.same(Object.fromEntries(reading.renames), renames);
    t.same([...reading.drops], drops);
    t.equal(reading.losesHead, false);
  });
}

t.test('a rename of the table', async (t) => {
  t.equal(readAsGhost('RENAME TO x').renamesTable, true);
  t.equal(readAsGhost('ADD c INT, rename as x').renamesTable, true);
  t.equal(readAsGhost('COMMENT "will rename to x soon"').renamesTable, true);
  t.equal(readAsGhost("COMMENT 'will rename to x soon'").renamesTable, false);
  t.equal(readAsGhost('RENAME INDEX a TO b').renamesTable, false);
});

t.test('the head of a statement', async (t) => {
  t.equal(readAsGhost("COMMENT 'see ALTER  TABLE x ADD y'").losesHead, true);
  t.equal(readAsGhost("COMMENT 'alter tables'").losesHead, false);
});
