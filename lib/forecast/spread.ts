import { quoteName, quoteString } from '../sql/names.js';

/**
 * Places that lie evenly between two values of a column, the middle of each part. Of integers exactly; of text and
 * bytes by what follows their common beginning: whatever such a place is, the next row after it is a row.
 * @returns undefined where this cannot be told of such values (dates, decimals)
 */
export function placesBetween(min: KeyValue, max: KeyValue, count: number): KeyValue[] | undefined {
  const parts = Array.from({ length: count }, (_, index) => (index + 0.5) / count);
  if (Buffer.isBuffer(min) && Buffer.isBuffer(max)) {
    return parts.map((part) => fromUnits([...min], [...max], 256, part, (digits) => Buffer.from(digits)));
  }
  const [from, to] = [integer(min), integer(max)];
  if (from !== undefined && to !== undefined) {
    return parts.map((part) => String(from + ((to - from) * BigInt(Math.round(part * 1e6))) / 1_000_000n));
  }
  if (typeof min !== 'string' || typeof max !== 'string' || /^\d{4}-\d\d-\d\d|\.\d+$/.test(min)) {
    return undefined;
  }
  const alphabet = /[a-z]/.test(min + max) ? lower : lower.toUpperCase();
  const units = (text: string) => [...text.slice(0, 64)].map((char) => alphabet.indexOf(char));
  return parts.map((part) =>
    fromUnits(units(min), units(max), alphabet.length, part, (digits, start) => {
      const own = digits.slice(start).map((digit) => alphabet[digit] ?? '');
      return max.slice(0, start) + own.join('');
    }),
  );
}

/** What keys of text are made of; the order of other characters is a matter of the collation. */
const lower = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Every fourth first, then those between: where the time is up early, what was visited is spread all the same. */
export function inPasses<T>(all: readonly T[]): T[] {
  const pass = (first: number, step: number) =>
    all.filter((_, index) => index >= first && (index - first) % step === 0);
  return [...pass(0, 4), ...pass(2, 4), ...pass(1, 2)];
}

export function integer(value: KeyValue): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

/** The two as numbers of three digits after their common beginning, and what lies between. */
function fromUnits<T>(
  min: readonly number[],
  max: readonly number[],
  base: number,
  part: number,
  build: (units: readonly number[], start: number) => T,
): T {
  const common = max.findIndex((unit, index) => unit !== min[index]);
  const start = common === -1 ? max.length : common;
  const asNumber = (units: readonly number[]) =>
    [0, 1, 2].reduce((sum, digit) => sum * base + Math.max(0, units[start + digit] ?? 0), 0);
  const [from, to] = [asNumber(min), asNumber(max)];
  const place = Math.round(from + (to - from) * part);
  const digits = [Math.floor(place / base ** 2), Math.floor(place / base) % base, place % base];
  return build([...max.slice(0, start), ...digits], start);
}

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
