import type { Check } from '../documents/plan.js';
import type { Column } from '../table/shape.js';
import { humanCount } from '../text/human.js';
import type { ChangeFacts } from './check-facts.js';
import { type Kind, kindOf } from './conversions/pair.js';

/** Manual, "Limits on Table Column Count and Row Size": of all columns together, TEXT and BLOB hardly counting. */
const limit = 65_535;
const nearly = 0.9;

/**
 * The definition comes near the longest row that a definition may allow. Above it the server refuses (1118), so what
 * comes after this change may be refused. Only where this change makes the row longer.
 */
export function rowSize({ probe }: ChangeFacts): Check[] {
  const [was, is] = [longest(probe.before.columns), longest(probe.after.columns)];
  if (was === undefined || is === undefined || is <= was || is < limit * nearly) return [];
  return [
    {
      id: 'row-size',
      level: 'warning',
      text: `A row may be up to ${humanCount(is)} bytes long by its definition; at ${humanCount(limit)} the server takes no more columns.`,
      fix: 'Make long VARCHARs TEXT, which counts for a dozen bytes.',
    },
  ];
}

/** Undefined where the length of a column is not known. */
function longest(columns: readonly Column[]): number | undefined {
  const stored = columns.filter(({ extra }) => !/VIRTUAL/i.test(extra));
  const lengths = stored.map((column) => bytesOf(kindOf(column)));
  if (lengths.some((length) => length === undefined)) return undefined;
  return lengths.reduce<number>((sum, length) => sum + (length ?? 0), Math.ceil(stored.length / 8));
}

/** Manual, "Data Type Storage Requirements"; the most that a value can take in a row. */
function bytesOf(kind: Kind): number | undefined {
  switch (kind.family) {
    case 'integer':
      return Math.ceil((kind.high - kind.low).toString(2).length / 8);
    case 'bit':
      return Math.ceil(kind.bits / 8);
    case 'year':
      return 1;
    case 'decimal':
      return Math.ceil(kind.digits * 0.45) + 1;
    case 'float':
      return kind.double ? 8 : 4;
    case 'date':
      return 3;
    case 'datetime':
      return 5 + Math.ceil(kind.fraction / 2);
    case 'timestamp':
      return 4 + Math.ceil(kind.fraction / 2);
    case 'time':
      return 3 + Math.ceil(kind.fraction / 2);
    case 'enum':
      return kind.members.length > 255 ? 2 : 1;
    case 'set':
      return Math.ceil(kind.members.length / 8);
    case 'text':
      return 'bytes' in kind.room ? 12 : withLength(kind.room.chars * mostBytes(kind.charset), kind.padded);
    case 'binary':
      return kind.bytes > limit || isBlob(kind.bytes) ? 12 : withLength(kind.bytes, kind.padded);
    case 'json':
      return 12;
    case 'other':
      return undefined;
  }
}

function withLength(bytes: number, fixed: boolean): number {
  return fixed ? bytes : bytes + (bytes > 255 ? 2 : 1);
}

const isBlob = (bytes: number) => bytes === 65_535;

function mostBytes(charset: string): number {
  if (/^(latin\d|ascii|cp125\d|cp85\d|koi8[ru])$/.test(charset)) return 1;
  return charset === 'utf8mb3' ? 3 : 4;
}
