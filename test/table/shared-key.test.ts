import t from 'tap';
import { chooseSharedKey, type KeyedShape } from '../../lib/table/shared-key.js';

/** `name: column type[?], …` for a unique key; `?` marks a column that may be NULL. */
function shape(...keys: string[]): KeyedShape {
  const columns = new Map<string, KeyedShape['columns'][number]>();
  const indexes = keys.map((key) => {
    const [name = '', list = ''] = key.split(': ');
    const parts = list.split(', ').map((text) => {
      const [column = '', type = 'int'] = text.replace('?', '').split(' ');
      const nullable = text.endsWith('?');
      const charset = type === 'varchar' ? { charset: 'utf8mb4', collation: 'utf8mb4_bin' } : {};
      const rest = { extra: '', generated: false, comment: '', nullable };
      columns.set(column, { name: column, type, dataType: type, ...charset, ...rest });
      return { column, nullable, descending: false };
    });
    return { name, unique: true, type: 'BTREE', parts };
  });
  return { columns: [...columns.values()], indexes };
}

const cases: readonly [
  name: string,
  before: string[],
  after: string[] | 'same',
  expected: string | undefined,
][] = [
  ['the primary key first', ['a: x', 'PRIMARY: y varchar'], 'same', 'PRIMARY'],
  ['then those without NULL', ['a: x?', 'b: y varchar'], 'same', 'b'],
  ['then those that begin without text', ['a: x varchar', 'b: y decimal'], 'same', 'b'],
  ['then the smaller number', ['a: x bigint', 'b: y int', 'c: z smallint'], 'same', 'c'],
  ['a MEDIUMINT is no small number', ['a: x mediumint', 'b: y bigint'], 'same', 'b'],
  ['then the fewer columns', ['a: x, y', 'b: z'], 'same', 'b'],
  ['FLOAT does not serve', ['PRIMARY: x float', 'b: y varchar'], 'same', 'b'],
  ['JSON neither', ['PRIMARY: x json'], 'same', undefined],
  ['the name of the key does not matter', ['PRIMARY: x'], ['u: x'], 'PRIMARY'],
  ['nor the order of its columns', ['PRIMARY: x, y'], ['PRIMARY: y, x'], 'PRIMARY'],
  ['the copy may have more columns in it', ['PRIMARY: x'], ['PRIMARY: x, y'], 'PRIMARY'],
  ['but not fewer', ['PRIMARY: x, y'], ['PRIMARY: x'], undefined],
  ['the second best', ['PRIMARY: x', 'b: y'], ['PRIMARY: z', 'b: y'], 'b'],
  ['the case of a name matters', ['PRIMARY: x'], ['PRIMARY: X'], undefined],
  ['a nullable one is chosen, and then refused', ['a: x?'], 'same', 'a'],
  ['no key', [], 'same', undefined],
];

for (const [name, before, after, expected] of cases) {
  t.test(name, async (t) => {
    const original = shape(...before);
    const key = chooseSharedKey(original, after === 'same' ? original : shape(...after));
    t.equal(key?.before.name, expected);
  });
}

t.test('the partner in the copy', async (t) => {
  t.equal(chooseSharedKey(shape('PRIMARY: x'), shape('PRIMARY: z', 'u: y, x'))?.after.name, 'u');
});

t.test('indexes that are not unique do not count', async (t) => {
  const { columns, indexes } = shape('a: x');
  const plain = { columns, indexes: indexes.map((index) => ({ ...index, unique: false })) };
  t.equal(chooseSharedKey(plain, plain), undefined);
});
