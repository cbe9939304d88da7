import { isRefusal } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { quoteName, quoteTable, type TableName } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { type Column, readColumns } from '../table/shape.js';
import type { Scratch } from './scratch.js';
import { compareVectors, type Tracer, type Vectors } from './vectors.js';

/** With few rows a change that makes a key unique over small types can still go through. */
const rowCounts = [8, 2] as const;

/**
 * Runs the change on a clone that holds a few distinct rows, and follows the values.
 * @param after what the columns will be
 */
export async function trace(
  scratch: Scratch,
  { spec, renames }: AlterStatement,
  after: readonly Column[],
): Promise<Tracer> {
  const targetOf = (column: Column) => {
    const name =
      renames.find(({ from }) => from.toLowerCase() === column.name.toLowerCase())?.to ?? column.name;
    return after.find((other) => other.name.toLowerCase() === name.toLowerCase()) ?? column;
  };
  let why = 'no rows could be made up';
  for (const rows of rowCounts) {
    try {
      return await traceRows(scratch, spec, targetOf, rows);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      why = error.message;
    }
  }
  return { kind: 'unknown', why };
}

type TargetOf = (column: Column) => Column;

async function traceRows(scratch: Scratch, spec: string, targetOf: TargetOf, rows: number): Promise<Tracer> {
  const { session } = scratch;
  const clone = await scratch.fresh();
  const mode = await relax(session);
  try {
    await fill(session, clone, await readColumns(session, clone), targetOf, rows);
    const before = await readVectors(session, clone);
    if (before.rows < 2)
      return { kind: 'unknown', why: 'no two distinct rows could be made up for this table' };
    // No ALGORITHM here: outside strict mode, in which conversions do not fail, classes differ.
    await session.execute(`ALTER TABLE ${quoteTable(clone)} ${spec}`);
    const after = await readVectors(session, clone);
    return compareVectors(before, after);
  } finally {
    await session.execute(`SET SESSION sql_mode='${mode}', foreign_key_checks=1`);
  }
}

/** @returns the sql_mode to go back to */
async function relax(session: Session): Promise<string> {
  const [row] = await session.rows<{ mode: string }>('SELECT @@SESSION.sql_mode AS mode');
  await session.execute("SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO', foreign_key_checks=0");
  return row?.mode ?? '';
}

async function fill(
  session: Session,
  table: TableName,
  columns: readonly Column[],
  targetOf: TargetOf,
  rows: number,
): Promise<void> {
  const settable = columns.filter((column) => !column.generated);
  const made = Array.from({ length: rows }, (_, row) =>
    settable
      .map((each, column) => tracerValue(each, targetOf(each), { column, row, rows }) ?? 'DEFAULT')
      .join(', '),
  );
  const names = settable.map(({ name }) => quoteName(name)).join(', ');
  // IGNORE: a row that a CHECK, a partition or a unique key of small types does not take is left out.
  await session.execute(
    `INSERT IGNORE INTO ${quoteTable(table)} (${names}) VALUES ${made.map((values) => `(${values})`).join(', ')}`,
  );
}

/** The values of every column, sorted: rows need no identity to be compared that way. */
async function readVectors(session: Session, table: TableName): Promise<Vectors> {
  const columns = await readColumns(session, table);
  const list = columns.map(({ name }, index) => `${quoteName(name)} AS c${index}`).join(', ');
  const rows = await session.rows<Record<string, unknown>>(`SELECT ${list} FROM ${quoteTable(table)}`);
  const vector = (index: number) => rows.map((row) => valueText(row[`c${index}`])).sort();
  return { rows: rows.length, columns: new Map(columns.map(({ name }, index) => [name, vector(index)])) };
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Buffer.isBuffer(value))
    return /^[\x20-\x7e]*$/.test(value.toString('latin1')) ? value.toString('latin1') : value.toString('hex');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The place of a value: the column among those that are filled, the row among the made-up ones. */
interface Cell {
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
function tracerValue(column: Column, target: Column, cell: Cell): string | undefined {
  const room = Math.max(1, Math.min(roomOf(column), roomOf(target)));
  const n = 1 + ((cell.column * cell.rows + cell.row) % room);
  const [source, kind] = [kindOf(column), kindOf(target)];
  // A string that becomes a date has to look like a date, a number like the number of a date.
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

/** The digits go behind the point if there is no room before it. */
function decimal(type: string, n: number): string {
  const [precision = 10, scale = 0] = [...type.matchAll(/\d+/g)].map(Number);
  return precision > scale ? String(n) : `0.${String(n).padStart(scale, '0')}`;
}

/** Members of an enum or set; a set is given one member at a time, as a number that is a power of two would be. */
function members(type: string): number {
  return Math.max(1, [...type.matchAll(/'(?:[^']|'')*'/g)].length);
}
