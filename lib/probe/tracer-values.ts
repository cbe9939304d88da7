import type { Column } from '../inspect/shape.js';

/** Where a value stands: the column among those that are filled, the row among those that are made up. */
export interface Cell {
  column: number;
  row: number;
  rows: number;
}

/**
 * A literal for one cell of a tracer row: different from row to row, and from column to column as far as the type
 * has room, and one that the type which the column will have can hold as well. What a conversion loses then, it
 * loses of every value.
 * @param target the column after the change
 * @returns undefined: leave the column to its default
 */
export function tracerValue(column: Column, target: Column, cell: Cell): string | undefined {
  const room = Math.max(1, Math.min(roomOf(column), roomOf(target)));
  const n = 1 + ((cell.column * cell.rows + cell.row) % room);
  const [source, kind] = [kindOf(column), kindOf(target)];
  // A string that is to become a date looks like a date, a number like the number of a date.
  const isFree = source === 'number' || source === 'string';
  if (!isFree || kind === 'number' || kind === 'string') return literal(column, n, cell);
  const value = literal(target, n, cell);
  return source === 'number' && kind === 'time' ? `${value}+0` : value;
}

type Kind = 'number' | 'string' | 'time' | 'other';

function kindOf({ dataType }: Column): Kind {
  if (dataType in integers || /^(decimal|numeric|float|double)$/.test(dataType)) return 'number';
  if (/(char|binary|text|blob)$/.test(dataType) || dataType === 'json') return 'string';
  return /^(date|datetime|timestamp|time|year)$/.test(dataType) ? 'time' : 'other';
}

/** How many different small values fit, whatever the sign. */
function roomOf({ dataType, type }: Column): number {
  const [first = 1, second = 0] = [...type.matchAll(/\d+/g)].map(Number);
  if (dataType === 'decimal' || dataType === 'numeric')
    return 10 ** Math.min(first - second || second, 9) - 1;
  if (/(char|binary)$/.test(dataType)) return 10 ** Math.min(first, 9) - 1;
  if (dataType === 'bit') return 2 ** Math.min(first, 30) - 1;
  return integers[dataType] ?? 2_147_483_647;
}

const integers: Readonly<Record<string, number>> = {
  tinyint: 127,
  smallint: 32_767,
  mediumint: 8_388_607,
  int: 2_147_483_647,
  bigint: 2_147_483_647,
};

function literal(column: Column, n: number, { column: index, row }: Cell): string | undefined {
  const type = column.dataType;
  if (type === 'decimal' || type === 'numeric') return decimal(column.type, n);
  if (type === 'bit') return column.type === 'bit(1)' ? String(row % 2) : String(n);
  if (kindOf(column) === 'number') return String(n);
  if (kindOf(column) === 'string') return `'${n}'`;
  if (type === 'enum' || type === 'set') return String(1 + ((index + row) % members(column.type)));
  // Years, days and seconds differ: a conversion may keep one of them only.
  const months = `INTERVAL ${13 * (n % 33)} MONTH`;
  if (type === 'date') return `DATE_ADD(DATE_ADD('2001-01-01', ${months}), INTERVAL ${n % 400} DAY)`;
  if (type === 'datetime' || type === 'timestamp')
    return `DATE_ADD(DATE_ADD('2001-01-01 12:00:00', ${months}), INTERVAL ${n} SECOND)`;
  if (type === 'time') return `SEC_TO_TIME(${n})`;
  if (type === 'year') return String(1970 + (n % 100));
  if (type === 'point' || type === 'geometry') return `ST_GeomFromText('POINT(${n % 80} ${n % 80})')`;
  if (type === 'uuid') return `'00000000-0000-4000-8000-${String(n).padStart(12, '0')}'`;
  if (type === 'inet4') return `'10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}'`;
  if (type === 'inet6') return `'fd00::${(n & 65_535).toString(16)}'`;
  return column.nullable ? 'NULL' : undefined;
}

/** Without room before the point, the digits go behind it. */
function decimal(type: string, n: number): string {
  const [precision = 10, scale = 0] = [...type.matchAll(/\d+/g)].map(Number);
  return precision > scale ? String(n) : `0.${String(n).padStart(scale, '0')}`;
}

/** Members of an enum or set; a set is given one member at a time, as a number that is a power of two would be. */
function members(type: string): number {
  return Math.max(1, [...type.matchAll(/'(?:[^']|'')*'/g)].length);
}
