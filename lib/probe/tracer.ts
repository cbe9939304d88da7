import type { Rename } from '../documents/plan.js';
import { isRefusal } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { nameAfter, named, quoteName, quoteTable, type TableName } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { type Kind, kindOf } from '../table/column-kind.js';
import { type Column, readColumns } from '../table/shape.js';
import type { Scratch } from './scratch.js';

/**
 * What happens to the values, which no comparison of definitions shows: a rename looks like DROP + ADD, and
 * DROP b + ADD b looks like nothing at all.
 */
export type Tracer =
  | {
      kind: 'known';
      /** Values moved from one column to another. */
      renames: readonly Rename[];
      /** Columns that exist before and after, and whose values are gone. */
      lost: readonly string[];
      /** Rows went (DROP PARTITION), so that columns cannot be followed. */
      rowsGone: boolean;
      unchanged: boolean;
    }
  | { kind: 'unknown'; why: string };

/**
 * Runs the change on a clone that holds a few distinct rows, and follows the values.
 * @param after what the columns will be
 */
export async function trace(
  scratch: Scratch,
  { spec, renames }: AlterStatement,
  after: readonly Column[],
): Promise<Tracer> {
  const targetOf = (column: Column) => named(after, nameAfter(renames, column.name)) ?? column;
  let why = 'no rows could be made up';
  // With few rows a change that makes a key unique over small types can still go through.
  for (const rows of [8, 2]) {
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
  const [row] = await session.rows<{ mode: string }>('SELECT @@SESSION.sql_mode AS mode');
  await session.execute("SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO', foreign_key_checks=0");
  try {
    await fill(session, clone, targetOf, rows);
    const before = await readVectors(session, clone);
    if (before.rows < 2)
      return { kind: 'unknown', why: 'no two distinct rows could be made up for this table' };
    // No ALGORITHM here: outside strict mode, in which conversions do not fail, classes differ.
    await session.execute(`ALTER TABLE ${quoteTable(clone)} ${spec}`);
    return compareVectors(before, await readVectors(session, clone));
  } finally {
    await session.execute(`SET SESSION sql_mode='${row?.mode ?? ''}', foreign_key_checks=1`);
  }
}

async function fill(session: Session, table: TableName, targetOf: TargetOf, rows: number): Promise<void> {
  const columns = (await readColumns(session, table)).filter((column) => !column.generated);
  const made = Array.from({ length: rows }, (_, row) => {
    const values = columns.map((each, column) => tracerValue(each, targetOf(each), { column, row, rows }));
    return `(${values.map((value) => value ?? 'DEFAULT').join(', ')})`;
  });
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  // IGNORE: a row that a CHECK, a partition or a unique key of small types does not take is left out.
  await session.execute(`INSERT IGNORE INTO ${quoteTable(table)} (${names}) VALUES ${made.join(', ')}`);
}

type Columns = ReadonlyMap<string, readonly string[]>;

/** The values of each column as text, sorted: rows need no identity to be compared that way. */
export interface Vectors {
  rows: number;
  columns: Columns;
}

async function readVectors(session: Session, table: TableName): Promise<Vectors> {
  const columns = await readColumns(session, table);
  const list = columns.map(({ name }, index) => `${quoteName(name)} AS c${index}`).join(', ');
  const rows = await session.rows<Record<string, unknown>>(`SELECT ${list} FROM ${quoteTable(table)}`);
  const vector = (index: number) => rows.map((row) => valueText(row[`c${index}`])).sort();
  return { rows: rows.length, columns: new Map(columns.map(({ name }, index) => [name, vector(index)])) };
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (!Buffer.isBuffer(value)) return typeof value === 'object' ? JSON.stringify(value) : String(value);
  const text = value.toString('latin1');
  return /^[\x20-\x7e]*$/.test(text) ? text : value.toString('hex');
}

/** Follows the values of every column through a change. */
export function compareVectors(was: Vectors, is: Vectors): Tracer {
  if (is.rows < was.rows) return { kind: 'known', renames: [], lost: [], rowsGone: true, unchanged: false };
  const { columns: before } = was;
  const { columns: after } = is;
  const distinct = [...before].filter(([, values]) => new Set(values).size > 1);
  const lost: string[] = [];
  const renames: Rename[] = [];
  for (const [name, values] of distinct) {
    const now = after.get(name);
    if (now !== undefined && (same(values, now) || !movedFrom(name, values, before, now))) {
      if (new Set(now).size < 2) lost.push(name);
      continue;
    }
    const to = [...after].find(
      ([other, candidate]) =>
        other !== name && same(values, candidate) && !same(before.get(other) ?? [], candidate),
    );
    if (to !== undefined) renames.push({ from: name, to: to[0] });
    else if (now !== undefined) lost.push(name);
  }
  const unchanged =
    before.size === after.size && [...before].every(([name, values]) => same(values, after.get(name) ?? []));
  return { kind: 'known', renames, lost, rowsGone: false, unchanged };
}

/** The column still has its name, but its values are another column's now: names were swapped. */
function movedFrom(
  name: string,
  values: readonly string[],
  before: Columns,
  now: readonly string[],
): boolean {
  return [...before].some(([other, was]) => other !== name && same(was, now) && !same(was, values));
}

/** A conversion may write the same number differently: `7` and `7.00`. */
function same(a: readonly string[], b: readonly string[]): boolean {
  const equal = (one: string, other = '') =>
    one === other || (one !== '' && other !== '' && Number(one) === Number(other));
  return a.length === b.length && a.every((value, index) => equal(value, b[index]));
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
  const [source, kind] = [kindOf(column), kindOf(target)];
  const room = Math.max(1, Math.min(roomOf(source), roomOf(kind)));
  const n = 1 + ((cell.column * cell.rows + cell.row) % room);
  // A string that becomes a date has to look like a date, a number like the number of a date.
  const isLikeTarget = (isNumber(source) || isString(source)) && !isNumber(kind) && !isString(kind);
  if (!isLikeTarget) return literal(source, column.nullable, n, cell);
  const value = literal(kind, target.nullable, n, cell);
  const isTime = ['date', 'datetime', 'timestamp', 'time', 'year'].includes(kind.family);
  return isNumber(source) && isTime ? `${value}+0` : value;
}

const isNumber = ({ family }: Kind) => ['integer', 'decimal', 'float'].includes(family);
const isString = ({ family }: Kind) => ['text', 'binary', 'json'].includes(family);

/** How many different small values fit, whatever the sign. */
function roomOf(kind: Kind): number {
  const digits = (count: number) => 10 ** Math.min(count, 9) - 1;
  switch (kind.family) {
    case 'integer':
      return Number(kind.high);
    case 'decimal':
      return digits(kind.digits - kind.scale || kind.scale);
    case 'text':
      return digits('chars' in kind.room ? kind.room.chars : kind.room.bytes);
    case 'binary':
      return digits(kind.bytes);
    case 'bit':
      return 2 ** Math.min(kind.bits, 30) - 1;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function literal(kind: Kind, nullable: boolean, n: number, { column, row }: Cell): string | undefined {
  // Years, days and seconds differ: a conversion may keep one of them only.
  const months = `INTERVAL ${13 * (n % 33)} MONTH`;
  switch (kind.family) {
    case 'integer':
    case 'float':
      return String(n);
    case 'decimal':
      // The digits go behind the point if there is no room before it.
      return kind.digits > kind.scale ? String(n) : `0.${String(n).padStart(kind.scale, '0')}`;
    case 'bit':
      return String(kind.bits === 1 ? row % 2 : n);
    case 'text':
    case 'binary':
    case 'json':
      return `'${n}'`;
    case 'enum':
    case 'set':
      // A set is given one member at a time, as a number that is a power of two would be.
      return String(1 + ((column + row) % Math.max(1, kind.members.length)));
    case 'date':
      return `DATE_ADD(DATE_ADD('2001-01-01', ${months}), INTERVAL ${n % 400} DAY)`;
    case 'datetime':
    case 'timestamp':
      return `DATE_ADD(DATE_ADD('2001-01-01 12:00:00', ${months}), INTERVAL ${n} SECOND)`;
    case 'time':
      return `SEC_TO_TIME(${n})`;
    case 'year':
      return String(1970 + (n % 100));
    case 'other':
      return otherLiteral(kind.name, n) ?? (nullable ? 'NULL' : undefined);
  }
}

function otherLiteral(type: string, n: number): string | undefined {
  switch (type) {
    case 'point':
    case 'geometry':
      return `ST_GeomFromText('POINT(${n % 80} ${n % 80})')`;
    case 'uuid':
      return `'00000000-0000-4000-8000-${String(n).padStart(12, '0')}'`;
    case 'inet4':
      return `'10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}'`;
    case 'inet6':
      return `'fd00::${(n & 65_535).toString(16)}'`;
    default:
      return undefined;
  }
}
