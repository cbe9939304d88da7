import type { KeyValue } from './beyond.js';

/**
 * Places that lie evenly between two values of a column, the middle of each part. Of integers exactly; of text and
 * bytes by what follows their common beginning: whatever such a place is, the next row after it is a row.
 * @returns undefined where this cannot be told of such values (dates, decimals)
 */
export function placesBetween(min: KeyValue, max: KeyValue, count: number): KeyValue[] | undefined {
  const parts = Array.from({ length: count }, (_, index) => (index + 0.5) / count);
  if (Buffer.isBuffer(min) && Buffer.isBuffer(max)) {
    return parts.map((part) => fromUnits(bytesOf(min), bytesOf(max), 256, part, asBytes));
  }
  const [from, to] = [integer(min), integer(max)];
  if (from !== undefined && to !== undefined) {
    return parts.map((part) => String(from + ((to - from) * BigInt(Math.round(part * 1e6))) / 1_000_000n));
  }
  if (typeof min !== 'string' || typeof max !== 'string' || /^\d{4}-\d\d-\d\d|\.\d+$/.test(min)) {
    return undefined;
  }
  return parts.map((part) => fromUnits(charsOf(min), charsOf(max), 0x80, part, asText));
}

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
  build: (units: readonly number[]) => T,
): T {
  const common = max.findIndex((unit, index) => unit !== min[index]);
  const start = common === -1 ? max.length : common;
  const asNumber = (units: readonly number[]) =>
    [0, 1, 2].reduce((sum, digit) => sum * base + Math.min(base - 1, units[start + digit] ?? 0), 0);
  const [from, to] = [asNumber(min), asNumber(max)];
  const place = Math.round(from + (to - from) * part);
  const digits = [Math.floor(place / base ** 2), Math.floor(place / base) % base, place % base];
  return build([...max.slice(0, start), ...digits]);
}

function bytesOf(value: Buffer): number[] {
  return [...value];
}

function charsOf(value: string): number[] {
  return [...value.slice(0, 64)].map((char) => char.codePointAt(0) ?? 0);
}

function asBytes(units: readonly number[]): Buffer {
  return Buffer.from(units);
}

/** Control characters sort as nothing in many collations: a space takes their place. */
function asText(units: readonly number[]): string {
  return String.fromCodePoint(...units.map((unit) => Math.max(0x20, unit)));
}
