import type { Column } from '../inspect/shape.js';

/**
 * A literal for the tracer row `row` of the column at `index`: different from row to row, and from column to
 * column as far as the type has room, and such that most conversions keep it apart (strings are digits).
 * Undefined: leave the column to its default.
 */
export function tracerValue(column: Column, index: number, row: number, rows: number): string | undefined {
  const n = index * rows + row + 1;
  const type = column.dataType;
  const length = Number(/\((\d+)/.exec(column.type)?.[1] ?? 1);
  if (type in integerRoom) return String(1 + ((n - 1) % (integerRoom[type] ?? 127)));
  if (type === 'decimal' || type === 'numeric') return decimal(column.type, n);
  if (type === 'float' || type === 'double') return String(n);
  if (type === 'bit')
    return String(1 + ((n - 1) % (2 ** Math.min(length, 16) - 1 || 1)) - (length === 1 ? row % 2 : 0));
  if (/char$|binary$/.test(type)) return `'${String(n).slice(-Math.min(length, 10))}'`;
  if (/text$|blob$/.test(type)) return `'${n}'`;
  if (type === 'json') return `'${n}'`;
  if (type === 'enum' || type === 'set') return String(1 + ((index + row) % members(column.type)));
  if (type === 'date') return `DATE_ADD('2001-01-01', INTERVAL ${n} DAY)`;
  if (type === 'datetime' || type === 'timestamp')
    return `DATE_ADD('2001-01-01 12:00:00', INTERVAL ${n} DAY)`;
  if (type === 'time') return `SEC_TO_TIME(${n})`;
  if (type === 'year') return String(1970 + (n % 100));
  if (type === 'point' || type === 'geometry') return `ST_GeomFromText('POINT(${n % 80} ${n % 80})')`;
  if (type === 'uuid') return `'00000000-0000-4000-8000-${String(n).padStart(12, '0')}'`;
  if (type === 'inet4') return `'10.0.${n >> 8}.${n & 255}'`;
  if (type === 'inet6') return `'fd00::${n.toString(16)}'`;
  return column.nullable ? 'NULL' : undefined;
}

/** How many different small values fit, whatever the sign. */
const integerRoom: Readonly<Record<string, number>> = {
  tinyint: 127,
  smallint: 32_767,
  mediumint: 8_388_607,
  int: 2_147_483_647,
  bigint: 2_147_483_647,
};

function decimal(type: string, n: number): string {
  const [, precision = '10', scale = '0'] = /\((\d+)(?:,(\d+))?\)/.exec(type) ?? [];
  const whole = Number(precision) - Number(scale);
  if (whole > 0) return String(n % 10 ** Math.min(whole, 6));
  return `0.${String(n % 10 ** Math.min(Number(scale), 6)).padStart(Math.min(Number(scale), 6), '0')}`;
}

/** Members of an enum or set; a set is given one member at a time, as a number that is a power of two would be. */
function members(type: string): number {
  return Math.max(1, [...type.matchAll(/'(?:[^']|'')*'/g)].length);
}
