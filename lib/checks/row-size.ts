import { bytesPerChar, type Kind, kindOf } from '../table/column-kind.js';
import type { Column } from '../table/shape.js';
import { humanCount } from '../text/human.js';
import type { Hazard } from './shared/hazard.js';

/** Manual, "Limits on Table Column Count and Row Size": of all columns together; TEXT and BLOB hardly count. */
const limit = 65_535;
const nearly = 0.9;

/**
 * The definition comes near the longest row that a definition may allow. Beyond it the server refuses further columns
 * (1118). Only if this change makes the row longer.
 */
export const rowSize: Hazard = {
  id: 'row-size',
  level: 'warning',
  inChange({ probe }) {
    const [before, after] = [longest(probe.before.columns), longest(probe.after.columns)];
    if (before === undefined || after === undefined || after <= before || after < limit * nearly)
      return undefined;
    return {
      text: `By its definition a row may be up to ${humanCount(after)} bytes long; beyond ${humanCount(limit)} the server accepts no more columns.`,
      fix: 'Turn long VARCHARs into TEXT, which counts for a dozen bytes.',
    };
  },
};

/** Undefined if the length of a column is unknown. */
function longest(columns: readonly Column[]): number | undefined {
  const stored = columns.filter(({ extra }) => !/VIRTUAL/i.test(extra));
  let sum = Math.ceil(stored.length / 8);
  for (const column of stored) {
    const bytes = bytesOf(kindOf(column));
    if (bytes === undefined) return undefined;
    sum += bytes;
  }
  return sum;
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
      return 'bytes' in kind.room
        ? 12
        : withLength(kind.room.chars * bytesPerChar(kind.charset), kind.padded);
    case 'binary':
      return kind.bytes >= limit ? 12 : withLength(kind.bytes, kind.padded);
    case 'json':
      return 12;
    case 'other':
      return undefined;
  }
}

function withLength(bytes: number, fixed: boolean): number {
  return fixed ? bytes : bytes + (bytes > 255 ? 2 : 1);
}
