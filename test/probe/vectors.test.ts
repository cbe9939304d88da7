import t from 'tap';
import { compareVectors, type Vectors } from '../../lib/probe/tracer.js';

/** `a: 1 2, b: 3 4` */
function vectors(text: string): Vectors {
  const columns = new Map(
    text.split(', ').map((column) => {
      const [name = '', values = ''] = column.split(': ');
      return [name, values.split(' ')] as const;
    }),
  );
  return { rows: [...columns.values()][0]?.length ?? 0, columns };
}

const cases = [
  { name: 'nothing', before: 'a: 1 2, b: 3 4', after: 'a: 1 2, b: 3 4', unchanged: true },
  { name: 'another order', before: 'a: 1 2, b: 3 4', after: 'b: 3 4, a: 1 2', unchanged: true },
  { name: 'a column more', before: 'a: 1 2', after: 'a: 1 2, z: NULL NULL' },
  { name: 'a column less', before: 'a: 1 2, b: 3 4', after: 'a: 1 2' },
  { name: 'another name', before: 'a: 1 2, b: 3 4', after: 'a: 1 2, z: 3 4', renames: 'b>z' },
  { name: 'another name and type', before: 'a: 1 2, b: 3 4', after: 'a: 1 2, z: 3.00 4.00', renames: 'b>z' },
  { name: 'names swapped', before: 'a: 1 2, b: 3 4', after: 'a: 3 4, b: 1 2', renames: 'a>b b>a' },
  { name: 'dropped, and another put in its place', before: 'a: 1 2, b: 3 4', after: 'a: 1 2, z: 0 0' },
  { name: 'emptied', before: 'a: 1 2, b: 3 4', after: 'a: 1 2, b: NULL NULL', lost: 'b' },
  { name: 'made the same', before: 'a: 1 2, b: 3 4', after: 'a: 1 2, b: 7 7', lost: 'b' },
  { name: 'overwritten by another', before: 'a: 1 2, b: 3 4', after: 'b: 1 2', renames: 'a>b', lost: 'b' },
  { name: 'converted, and still different', before: 'a: 1 2', after: 'a: 2001-01-01 2001-01-02' },
  { name: 'without difference before', before: 'a: 1 2, c: 5 5', after: 'a: 1 2, c: 9 9' },
  { name: 'two columns that look alike', before: 'a: 1 2, b: 1 2', after: 'a: 1 2' },
  { name: 'fewer rows', before: 'a: 1 2, b: 3 4', after: 'a: 1, b: 3', rowsGone: true },
  { name: 'no rows left', before: 'a: 1 2', after: 'z: 0', rowsGone: true },
];

for (const { name, before, after, renames = '', lost = '', rowsGone = false, unchanged = false } of cases) {
  t.test(`values: ${name}`, async (t) => {
    const found = compareVectors(vectors(before), vectors(after));
    if (found.kind !== 'known') throw new Error('two sets of rows can be compared');
    t.equal(found.renames.map(({ from, to }) => `${from}>${to}`).join(' '), renames);
    t.equal(found.lost.join(' '), lost);
    t.equal(found.rowsGone, rowsGone);
    t.equal(found.unchanged, unchanged);
  });
}
