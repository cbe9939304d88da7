import { quoteName, quoteString } from '../../sql/quote.js';

/** A value of a key column, as the driver reads it. */
export type KeyValue = string | number | Buffer;

const operators = {
  after: { strict: '>', last: '>' },
  from: { strict: '>', last: '>=' },
  upTo: { strict: '<', last: '<=' },
} as const;

/**
 * A condition for rows that come after a key, from it on, or up to it: spelt out as gh-ost does it (go/sql/builder.go), since
 * `(a, b) > (1, 2)` is not answered along an index.
 * @param columns of the key, or the first few of them
 */
export function beyond(
  columns: readonly string[],
  key: readonly KeyValue[],
  where: keyof typeof operators,
): string {
  const { strict, last } = operators[where];
  const ways = columns.map((_, end) => {
    const parts = columns.slice(0, end + 1).map((column, index) => {
      const operator = index < end ? '=' : end === columns.length - 1 ? last : strict;
      return `${quoteName(column)} ${operator} ${literal(key[index])}`;
    });
    return `(${parts.join(' AND ')})`;
  });
  return `(${ways.join(' OR ')})`;
}

/** A condition for rows whose key begins like this. */
export function equal(columns: readonly string[], key: readonly KeyValue[]): string {
  return columns.map((column, index) => `${quoteName(column)} = ${literal(key[index])}`).join(' AND ');
}

/** Bytes in hexadecimal; text and numbers that JavaScript has no room for as a string, which the server compares as its column. */
function literal(value: KeyValue | undefined): string {
  if (value === undefined) throw new Error('a key that is too short');
  if (Buffer.isBuffer(value)) return `X'${value.toString('hex')}'`;
  return typeof value === 'number' ? String(value) : quoteString(value);
}
