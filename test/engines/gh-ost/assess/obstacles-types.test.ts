import t from 'tap';
import type { GhostFacts } from '../../../../lib/engines/gh-ost/assess/facts.js';
import { columnObstacles } from '../../../../lib/engines/gh-ost/assess/table.js';
import type { Column } from '../../../../lib/table/shape.js';
import { column as plainColumn } from '../../../support/columns.js';

const column = (type: string, name = 'c') => plainColumn(name, type);

const ids = (before: Column, after: Column, facts: Partial<GhostFacts> = {}) =>
  columnObstacles({
    table: { columns: [before] },
    after: { columns: [after], indexes: [] },
    statement: { renames: [] },
    utc: true,
    ...facts,
  } as unknown as GhostFacts).map(({ id }) => id);

t.test('a SET that means other members afterwards is not for gh-ost', async (t) => {
  const cases: [string, string, string[]][] = [
    ["set('a','b')", "set('a','b','c')", []],
    ["set('a','b')", "set('b','a')", ['ghost-set']],
    ["set('a','b')", "set('a')", ['ghost-set']],
    ["set('a','b')", 'varchar(20)', ['ghost-set']],
    ["enum('a','b')", "enum('b','a')", []],
    ["set('a','b')", "set('a','b')", []],
  ];
  for (const [before, after, expected] of cases)
    t.same(ids(column(before), column(after)), expected, `${before} to ${after}`);
});

t.test('zeros in front of a number are not copied as text', async (t) => {
  const before = column('int(6) unsigned zerofill');
  t.same(ids(before, column('varchar(20)')), ['ghost-zerofill']);
  t.same(ids(before, column('bigint')), []);
  t.same(ids(column('int'), column('varchar(20)')), []);
});

t.test('a TIMESTAMP that becomes something else needs a server in UTC', async (t) => {
  const [before, after] = [column('timestamp'), column('datetime')];
  t.same(ids(before, after), []);
  t.same(ids(before, after, { utc: false }), ['ghost-time-zone']);
  t.same(ids(before, column('timestamp(3)'), { utc: false }), []);
  t.same(ids(after, before, { utc: false }), [], 'the other direction comes out right');
  const renames = {
    statement: { renames: [{ from: 'C', to: 'd' }] } as unknown as GhostFacts['statement'],
    utc: false,
  };
  t.same(ids(before, column('datetime', 'd'), renames), ['ghost-time-zone'], 'a renamed column is followed');
});

t.test('a text whose character set gh-ost does not convert', async (t) => {
  const text = (charset: string | undefined, type = 'varchar(60)') => ({
    ...column(type),
    ...(charset && { charset }),
  });
  const cases: [Column, Column, string[]][] = [
    [text('ucs2'), text('utf8mb4'), ['ghost-charset']],
    [text('cp1251'), text('utf8mb4'), ['ghost-charset']],
    [text('ucs2'), text('ucs2', 'varchar(90)'), []],
    [text('latin1'), text('utf8mb4'), []],
    [text('gbk'), text('utf8mb4'), []],
    [text('utf8mb3'), text('utf8mb4'), []],
    [text('utf8mb4'), text('ucs2'), []],
    [text('utf8mb4'), text(undefined, 'varbinary(200)'), []],
    [text('latin1'), text(undefined, 'varbinary(200)'), ['ghost-charset']],
    [text('gbk', 'text'), text(undefined, 'blob'), ['ghost-charset']],
    [text('latin2', "enum('a')"), text('utf8mb4', "enum('a')"), []],
  ];
  for (const [before, after, expected] of cases) {
    t.same(
      ids(before, after),
      expected,
      `${before.charset} ${before.type} to ${after.charset} ${after.type}`,
    );
  }
});

t.test('a generated column that becomes a plain one', async (t) => {
  const generated = { ...column('int'), generated: true };
  t.same(ids(generated, column('bigint')), ['ghost-generated']);
  t.same(ids(generated, column('int')), ['ghost-generated']);
  t.same(ids(generated, { ...column('bigint'), generated: true }), []);
});
