import { quoteString } from '../sql/names.js';
import { type Kind, kindOf } from '../table/column-kind.js';
import type { Column, Index, TableShape } from '../table/shape.js';
import { uniqueKeys } from '../table/shared-key.js';
import { asKeys, keyValues, rowColumn } from './question.js';

/** A column of the key along which a table is read. */
export interface Step {
  name: string;
  sql: string;
  /** Integers, and those alone, can be counted through without asking for the next. */
  integer: boolean;
  descending: boolean;
  /** The index sorts the values as statements compare them, and they come back from a statement as they went out. */
  ordered: boolean;
  literal(value: unknown): string;
}

/** A unique key along which a table is read in parts, or by which one of its rows is found. */
export interface Walk {
  index: string;
  steps: readonly Step[];
}

/** A position between two rows: the values of the key in the row before it. */
export type Position = readonly unknown[];

/** The best unique key along which a table can be read: without NULLs (there may be many), prefixes and expressions. */
export function walkOf(shape: Pick<TableShape, 'columns' | 'indexes'>, utc = false): Walk | undefined {
  return uniqueWalks(shape, utc).find(isOrdered);
}

/** How a table is read: in which parts, and by what a single row of it is found again. */
interface RowKey {
  /** Absent: the table can only be read as a whole. */
  parts?: Walk;
  /** All columns of a unique key; only their equality counts, not their order. */
  row: Walk;
}

/**
 * Every key along which gh-ost copies can find a row again; to cut the table into parts, the key needs an order that
 * statements can express. If it has none (an ENUM is sorted by number and compared as text), its first column alone
 * cuts, if it is an integer.
 * @param utc the session's time zone has no hour that comes twice, so that a TIMESTAMP has an order as well
 * @returns undefined if there is no unique key without NULLs
 */
export function rowKeyOf(shape: Pick<TableShape, 'columns' | 'indexes'>, utc: boolean): RowKey | undefined {
  const row = walkOf(shape) ?? uniqueWalks(shape, utc)[0];
  if (row === undefined) return undefined;
  const [first] = row.steps;
  const parts = isOrdered(row) ? row : first?.integer && { index: row.index, steps: [first] };
  return { row, ...(parts && { parts }) };
}

function uniqueWalks(shape: Pick<TableShape, 'columns' | 'indexes'>, utc: boolean): Walk[] {
  return uniqueKeys(shape).flatMap(({ name, type, parts }) => {
    const steps = type === 'BTREE' ? parts.map((part) => stepOf(part, shape.columns, utc)) : [];
    return steps.length > 0 && steps.every((step) => step !== undefined) ? [{ index: name, steps }] : [];
  });
}

function isOrdered({ steps }: Walk): boolean {
  return steps.every(({ ordered }) => ordered);
}

function stepOf(
  { column: name, nullable, prefix, descending }: Index['parts'][number],
  columns: readonly Column[],
  utc: boolean,
): Step | undefined {
  const column = columns.find((each) => each.name === name);
  if (column === undefined || nullable) return undefined;
  const kind = kindOf(column);
  const isTimestamp = kind.family === 'timestamp';
  const literal = kind.family === 'other' ? others[kind.name] : literals[kind.family];
  if (literal === undefined || (kind.family === 'float' && !kind.double)) return undefined;
  return {
    name: column.name,
    sql: rowColumn(column.name),
    integer: kind.family === 'integer' && prefix === undefined,
    descending,
    ordered: prefix === undefined && (!unordered.has(kind.family) || (utc && isTimestamp)),
    literal,
  };
}

/** ENUM and SET are sorted by number and compared as text; an hour of each autumn comes twice in a TIMESTAMP. */
const unordered: ReadonlySet<Kind['family']> = new Set(['timestamp', 'enum', 'set', 'bit']);

const literals: Readonly<Partial<Record<Kind['family'], Step['literal']>>> = {
  ...{ integer: asNumber, decimal: asNumber, year: asNumber },
  ...{ date: asText, datetime: asText, timestamp: asText, time: asText },
  ...{ text: asText, enum: asText, set: asText },
  float: (value) => exponential(String(value)),
  bit: (value) => BigInt(`0x${hexOf(value) || '0'}`).toString(),
  binary: (value) => `X'${hexOf(value)}'`,
};

const others: Readonly<Record<string, Step['literal'] | undefined>> = {
  uuid: asText,
  inet4: asText,
  inet6: asText,
};

/** Bare: a quoted number is compared as a floating one. */
function asNumber(value: unknown): string {
  return checked(/^-?\d+(\.\d+)?$/, String(value));
}

function asText(value: unknown): string {
  return quoteString(String(value));
}

function hexOf(value: unknown): string {
  return (Buffer.isBuffer(value) ? value : Buffer.from(String(value))).toString('hex');
}

/** As a floating number: one with only a point is exact, and is compared differently. */
function exponential(value: string): string {
  return checked(/^-?\d+(\.\d+)?e[+-]?\d+$/, value.includes('e') ? value : `${value}e0`);
}

function checked(form: RegExp, value: string): string {
  if (!form.test(value)) throw new Error(`${value} is not a number`);
  return value;
}

/** Rows after a position, in a form that a server of any version reads as a range of the index. */
export function after(walk: Walk, position: Position): string {
  return range(walk, position, ['>', '<'], '');
}

/** Rows up to a position, including the row that it names. */
export function upTo(walk: Walk, position: Position): string {
  return range(walk, position, ['<', '>'], '=');
}

/** `a >= 1 AND (a > 1 OR (a = 1 AND b > 'x'))`: the first condition is for servers that see no range in the second. */
function range(
  { steps }: Walk,
  position: Position,
  [ascending, descending]: readonly [string, string],
  orEqual: '' | '=',
): string {
  const terms = steps.map((step, at) => ({
    sql: step.sql,
    operator: step.descending ? descending : ascending,
    value: step.literal(position[at]),
  }));
  const nested = terms.reduceRight(
    (rest, { sql, operator, value }) =>
      rest === ''
        ? `${sql} ${operator}${orEqual} ${value}`
        : `(${sql} ${operator} ${value} OR (${sql} = ${value} AND ${rest}))`,
    '',
  );
  const [first] = terms;
  return first === undefined || terms.length === 1
    ? nested
    : `${first.sql} ${first.operator}= ${first.value} AND ${nested}`;
}

/** As ORDER BY and as a list of columns. */
export function orderOf({ steps }: Walk): string {
  return steps.map(({ sql, descending }) => (descending ? `${sql} DESC` : sql)).join(', ');
}

/** The key's columns as `k0`, `k1` …, as a list of a SELECT. */
export function keyColumns({ steps }: Walk): string {
  return asKeys(steps.map(({ sql }) => sql));
}

export function positionIn({ steps }: Walk, row: Readonly<Record<string, unknown>>): Position {
  return keyValues(row, steps.length);
}
