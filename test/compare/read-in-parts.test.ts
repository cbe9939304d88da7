import t from 'tap';
import { type ReadPart, readInParts } from '../../lib/compare/parts.js';
import type { Side } from '../../lib/compare/sides.js';
import { CutOff, type Reader } from '../../lib/rows/reader.js';
import { rowKeyOf } from '../../lib/rows/walk.js';

const column = { name: 'id', type: 'int', dataType: 'int', nullable: false, extra: '', generated: false };
const shape = {
  definition: '',
  columns: [{ ...column, comment: '' }],
  indexes: [
    {
      name: 'PRIMARY',
      unique: true,
      type: 'BTREE',
      parts: [{ column: 'id', nullable: false, descending: false }],
    },
  ],
};
const side: Side = {
  table: { schema: 's', name: 't' },
  shape,
  differs: 'FALSE',
  content: "''",
  what: 'lost',
};
const rows = 10_000;

/** Reads a table with the keys 1 to 10,000, from a server that answers like this. */
async function read(
  answer: (size: number, limitMs: number) => { s: number } | 'cut off',
  stride = 1,
): Promise<{ parts: ReadPart[]; ranges: [number, number][] }> {
  const reader: Reader = {
    leftMs: () => 1e6,
    signal: new AbortController().signal,
    async select<Row extends object>(what: string, limitMs = 0) {
      if (what.startsWith('MIN')) return [{ least: 1, most: rows }] as unknown as Row[];
      const [first, last] = rangeOf(what);
      const told = answer(last - first + 1, limitMs);
      if (told === 'cut off') throw new CutOff(false);
      return [{ n: last - first + 1, ...told }] as unknown as Row[];
    },
  };
  const way = rowKeyOf(shape, true);
  if (way === undefined) throw new Error('no way');
  const parts: ReadPart[] = [];
  const options = { reader, stride: () => stride, throttle: async () => {} };
  for await (const part of readInParts(side, way.parts, options)) parts.push(part);
  return { parts, ranges: parts.map(({ from }) => rangeOf(from)) };
}

function rangeOf(text: string): [number, number] {
  const found = /BETWEEN (\d+) AND (\d+)/.exec(text);
  return [Number(found?.[1]), Number(found?.[2])];
}

/** Each part begins where the one before ends. */
function isWhole(ranges: readonly [number, number][]): boolean {
  return (
    ranges.at(-1)?.[1] === rows &&
    ranges.every(([first], at) => first === (at === 0 ? 1 : (ranges[at - 1]?.[1] ?? 0) + 1))
  );
}

t.test('a part that takes too long is read as smaller ones, and no row is left out', async (t) => {
  let cutOff = 0;
  const { parts, ranges } = await read((size) => {
    if (size <= 300) return { s: 0 };
    cutOff++;
    return 'cut off';
  });
  t.ok(cutOff > 0);
  t.ok(isWhole(ranges));
  t.equal(
    parts.reduce((sum, part) => sum + part.rows, 0),
    rows,
  );
});

t.test('where a statement is always ended, it is told', async (t) => {
  let tries = 0;
  await t.rejects(
    read(() => {
      tries++;
      return 'cut off';
    }),
    { message: 'cut off', timeIsUp: false },
  );
  t.ok(tries < 20, `${tries} tries`);
});

t.test('a part with many suspects is read as smaller ones', async (t) => {
  const { parts, ranges } = await read((size) => ({ s: size }));
  t.ok(isWhole(ranges));
  t.ok(parts.every(({ suspects }) => suspects <= 1_000));
});

t.test('a sample steps over the others', async (t) => {
  const { parts, ranges } = await read(() => ({ s: 0 }), 3);
  t.ok(isWhole(ranges));
  t.same(
    parts.map(({ compared }) => compared),
    parts.map((_, at) => at % 3 === 0),
  );
});
