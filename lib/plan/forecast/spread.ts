import type { KeyValue } from './beyond.js';

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
