import type { Column } from '../../inspect/shape.js';
import { kindOf } from './conversions/kind.js';
import { rowColumn } from './find-rows.js';

/** A column's values as they will be stored. */
export interface Stored {
  /** Over the rows as they are; compares as the column to come will. */
  sql: string;
  /** Values that differ now may be the same then. */
  merges: boolean;
}

/** @returns undefined where no expression is known that converts as the change will */
export function storedAs(before: Column, after: Column): Stored | undefined {
  const column = rowColumn(before.name);
  if (before.type === after.type && before.collation === after.collation) {
    return { sql: column, merges: false };
  }
  const [from, to] = [kindOf(before), kindOf(after)];
  switch (to.family) {
    case 'text':
    case 'enum':
    case 'set':
      return asText(column, before, after);
    case 'integer':
    case 'decimal':
      return asNumber(column, before, to.family === 'decimal' ? to.scale : 0);
    case 'date':
      return { sql: `CAST(${column} AS DATE)`, merges: from.family !== 'date' };
    case 'datetime':
    case 'timestamp': {
      const same = from.family === to.family || from.family === 'date';
      const merges = !same || ('fraction' in from && from.fraction > to.fraction);
      return { sql: `CAST(${column} AS DATETIME(${to.fraction}))`, merges };
    }
    case 'time': {
      const merges = from.family !== 'time' || from.fraction > to.fraction;
      return { sql: `CAST(${column} AS TIME(${to.fraction}))`, merges };
    }
    case 'binary': {
      const bytes = from.family === 'binary' || from.family === 'text';
      if (!bytes) return undefined;
      // BINARY fills up with zero bytes.
      const sql = `CAST(${column} AS BINARY)`;
      return to.padded
        ? { sql: `RPAD(${sql}, ${to.bytes}, X'00')`, merges: true }
        : { sql: `LEFT(${sql}, ${to.bytes})`, merges: lengthOf(before) > to.bytes };
    }
    case 'float':
      return from.family === 'float' && to.double ? { sql: column, merges: false } : undefined;
    default:
      return undefined;
  }
}

/** Under the collation to come, and cut at the length to come. */
function asText(column: string, before: Column, after: Column): Stored {
  const text = before.collation === undefined && !isBytes(before) ? `CAST(${column} AS CHAR)` : column;
  const charset = after.charset ?? 'utf8mb4';
  const collation = after.collation === undefined ? '' : ` COLLATE ${after.collation}`;
  const isShorter = before.collation !== undefined && lengthOf(after) < lengthOf(before);
  const converted = `CONVERT(${text} USING ${charset})`;
  const cut = isShorter && !isBlob(after) ? `LEFT(${converted}, ${lengthOf(after)})` : converted;
  return {
    sql: `${cut}${collation}`,
    merges:
      isShorter ||
      (before.collation !== after.collation && (before.collation !== undefined || isBytes(before))),
  };
}

const isBytes = ({ dataType }: Column) => /binary$|blob$/.test(dataType);
const isBlob = ({ dataType }: Pick<Column, 'dataType'>) => /text$|blob$/.test(dataType);

/** Manual, "Data Type Storage Requirements"; characters or bytes, ENUM and SET have no limit of their own. */
function lengthOf({ dataType, type }: Column): number {
  const [length] = /\d+/.exec(type.startsWith('enum') || type.startsWith('set') ? '' : type) ?? [];
  const blobs: Readonly<Record<string, number>> = { tiny: 255, medium: 16_777_215, long: 4_294_967_295 };
  if (isBlob({ dataType })) return blobs[dataType.replace(/text|blob/, '')] ?? 65_535;
  return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
}

/** DECIMAL rounds as the conversion does; SIGNED would cut. */
function asNumber(column: string, before: Column, scale: number): Stored | undefined {
  const from = kindOf(before);
  switch (from.family) {
    case 'integer':
    case 'year':
      return { sql: column, merges: false };
    case 'decimal':
      return from.scale <= scale
        ? { sql: column, merges: false }
        : { sql: `CAST(${column} AS DECIMAL(65,${scale}))`, merges: true };
    case 'text':
    case 'float':
      return { sql: `CAST(${column} AS DECIMAL(65,${scale}))`, merges: true };
    case 'bit':
    case 'enum':
      return { sql: `${column} + 0`, merges: false };
    default:
      return undefined;
  }
}
