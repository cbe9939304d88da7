import t from 'tap';
import { readInParts } from '../../lib/rows/parts.js';
import { CutOff, type Reader } from '../../lib/rows/reader.js';
import { walkOf } from '../../lib/rows/walk.js';

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
const rows = 10_000;

/** Reads a table with the keys 1 to 10,000, from a server that answers like this. */
async function read(
  answer: (size: number) => 'read' | 'cut off' | 'too large',
): Promise<{ parts: { from: string; rows: number }[]; ranges: [number, number][] }> {
  const reader: Reader = {
    leftMs: () => 1e6,
    signal: new AbortController().signal,
    async select<Row extends object>() {
      return [{ least: 1, most: rows }] as unknown as Row[];
    },
  };
  const parts: { from: string; rows: number }[] = [];
  const context = { reader, throttle: async () => {} };
  const readPart = async (from: string) => {
    const [first, last] = rangeOf(from);
    const told = answer(last - first + 1);
    if (told === 'cut off') throw new CutOff(false);
    return told === 'read' ? { rows: last - first + 1 } : undefined;
  };
  const table = { schema: 's', name: 't' };
  for await (const part of readInParts(table, walkOf(shape), context, readPart)) parts.push(part);
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
    if (size <= 300) return 'read';
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

t.test('a part that is too large for its reader is read as smaller ones', async (t) => {
  const { parts, ranges } = await read((size) => (size > 1_000 ? 'too large' : 'read'));
  t.ok(isWhole(ranges));
  t.ok(parts.every(({ rows }) => rows <= 1_000));
});
