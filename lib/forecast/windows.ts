import type { TableFacts } from '../inspect/table.js';
import type { Session } from '../mysql/session.js';
import { quoteName, quoteString, quoteTable } from '../sql/names.js';
import type { Index } from '../table/shape.js';

/** The key along which a table is sampled. */
export interface SampleKey {
  /** Of the index. */
  name: string;
  columns: readonly string[];
}

export interface Window {
  /** The key of its first row. */
  start: readonly KeyValue[];
  /** Where it was looked for: between the place and the row is nothing. Only along a key of one number. */
  places: readonly bigint[];
}

/** Where in the table the sample is taken, in the order of the key. */
export interface Windows {
  windows: readonly Window[];
  /** The least and the greatest key, if it is one number. */
  ends?: readonly [bigint, bigint];
  /** Rows of the table, if finding the windows has counted them. */
  rows?: number;
}

/** With fewer the sample is not spread over the table. */
const leastWindows = 8;
const walkLimitMs = 2_000;
/** A walk along an index passes some millions of rows in its time. */
const walkableRows = 10_000_000;

/** Columns only: parts that are expressions, prefixes or NULL cannot be walked along. */
export function sampleKey({ name, parts }: Index): SampleKey | undefined {
  const columns = parts.flatMap(({ column, prefix, nullable }) =>
    column === undefined || prefix !== undefined || nullable ? [] : [column],
  );
  return columns.length === parts.length ? { name, columns } : undefined;
}

/**
 * Places all over a table from which a chunk each can be read: evenly between the least and the greatest key if it is a
 * number, or the table is too large to walk through; otherwise every so many rows along the key.
 * @returns undefined if no places were found that are spread over the table
 */
export async function findWindows(
  session: Session,
  table: TableFacts,
  key: SampleKey,
  count: number,
  signal: AbortSignal,
): Promise<Windows | undefined> {
  const look = { session, table, key, count, signal };
  const enough = Math.min(leastWindows, count);
  const byNumber = key.columns.length === 1 ? await readEnds(look, []) : undefined;
  const isNumber = byNumber?.every((end) => integer(end) !== undefined) ?? false;
  // Numbers are spread evenly as a rule; other keys have to be walked along, if there is time.
  const walks = (table.rows?.count ?? 0) <= walkableRows;
  for (const find of isNumber || !walks ? [divided, walked] : [walked, divided]) {
    const found = await find(look);
    if (found !== undefined && found.windows.length >= enough) return found;
  }
  return undefined;
}

interface Look {
  session: Session;
  table: TableFacts;
  key: SampleKey;
  count: number;
  signal: AbortSignal;
}

/** The least and the greatest value of the column that follows the beginning of a key. */
async function readEnds(
  { session, table, key }: Look,
  beginning: readonly KeyValue[],
): Promise<readonly [KeyValue, KeyValue] | undefined> {
  const name = quoteName(key.columns[beginning.length] ?? '');
  const [row] = await session.rows<{ low: KeyValue | null; high: KeyValue | null }>(
    `SELECT MIN(${name}) AS low, MAX(${name}) AS high FROM ${quoteTable(table.name)}${whereEqual(key, beginning)}`,
  );
  return row === undefined || row.low === null || row.high === null ? undefined : [row.low, row.high];
}

function whereEqual({ columns }: SampleKey, beginning: readonly KeyValue[]): string {
  const same = columns.slice(0, beginning.length);
  return same.length === 0 ? '' : ` WHERE ${equal(same, beginning)}`;
}

async function divided(look: Look): Promise<Windows | undefined> {
  const windows = await divide(look, [], look.count);
  const ends = look.key.columns.length === 1 ? await readEnds(look, []) : undefined;
  const [low, high] = (ends ?? []).map(integer);
  const isNumber = low !== undefined && high !== undefined;
  return { windows, ...(isNumber && { ends: [low, high] as const }) };
}

/**
 * Divides the range of one column of the key. If that has few values (a tenant, a kind), it divides the range of the next
 * column within each of them.
 */
async function divide(look: Look, beginning: readonly KeyValue[], count: number): Promise<Window[]> {
  const { session, table, key, signal } = look;
  const ends = await readEnds(look, beginning);
  const places = ends && placesBetween(ends[0], ends[1], count);
  const columns = key.columns.slice(0, beginning.length + 1);
  const found = new Map<string, { start: readonly KeyValue[]; places: bigint[] }>();
  for (const place of places ?? ends?.slice(0, 1) ?? []) {
    signal.throwIfAborted();
    const same = beginning.length === 0 ? '' : `${equal(columns.slice(0, -1), beginning)} AND `;
    const from = same + beyond(columns.slice(-1), [place], 'from');
    const start = await keyAt(session, table, key, from, 0);
    if (start === undefined) continue;
    const id = JSON.stringify(start.slice(0, columns.length));
    const window = found.get(id) ?? { start, places: [] };
    const number = key.columns.length === 1 ? integer(place) : undefined;
    if (number !== undefined) window.places.push(number);
    found.set(id, window);
  }
  const windows = [...found.values()];
  if (windows.length > count / 2 || columns.length === key.columns.length) return windows;
  const each = Math.max(1, Math.floor(count / windows.length));
  const deeper: Window[] = [];
  for (const { start } of windows) deeper.push(...(await divide(look, start.slice(0, columns.length), each)));
  return deeper;
}

/** @returns undefined if the time was up before the end of the table */
async function walked({ session, table, key, count, signal }: Look): Promise<Windows | undefined> {
  const step = Math.max(1, Math.floor((table.rows?.count ?? 0) / count));
  const began = performance.now();
  const windows: Window[] = [];
  let start = await keyAt(session, table, key, undefined, Math.floor(step / 2));
  while (start !== undefined) {
    signal.throwIfAborted();
    if (performance.now() - began > walkLimitMs) return undefined;
    windows.push({ start, places: [] });
    start = await keyAt(session, table, key, beyond(key.columns, start, 'after'), step - 1);
  }
  // The server's estimate, from which the step comes, can be far too low.
  const each = Math.max(1, Math.round(windows.length / count));
  return { windows: windows.filter((_, index) => index % each === 0), rows: windows.length * step };
}

/** The key of the row so many rows after the first that meets the condition; undefined beyond the end. */
export async function keyAt(
  session: Session,
  table: Pick<TableFacts, 'name'>,
  key: SampleKey,
  condition: string | undefined,
  offset: number,
): Promise<readonly KeyValue[] | undefined> {
  const columns = key.columns.map(quoteName).join(', ');
  const where = condition === undefined ? '' : ` WHERE ${condition}`;
  const [row] = await session.rows<Record<string, KeyValue>>(
    `SELECT ${columns} FROM ${quoteTable(table.name)} FORCE INDEX (${quoteName(key.name)})${where}
      ORDER BY ${columns} LIMIT 1 OFFSET ${offset}`,
  );
  return row === undefined ? undefined : Object.values(row);
}

/**
 * Places that lie evenly between two values of a column, the middle of each part. Of integers exactly; of text and
 * bytes by what follows their common beginning: whatever such a place is, the next row after it is a row.
 * @returns undefined of values that cannot be divided like this (dates, decimals)
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

/** A value of a key column, as the driver reads it. */
export type KeyValue = string | number | Buffer;

const operators = {
  after: { strict: '>', last: '>' },
  from: { strict: '>', last: '>=' },
  upTo: { strict: '<', last: '<=' },
} as const;

/**
 * A condition for rows that come after a key, from it on, or up to it: spelt out as gh-ost does it (go/sql/builder.go), since
 * `(a, b) > (1, 2)` is not answered along an index.
 * @param columns of the key, or the first few of them
 */
export function beyond(
  columns: readonly string[],
  key: readonly KeyValue[],
  where: keyof typeof operators,
): string {
  const { strict, last } = operators[where];
  const ways = columns.map((_, end) => {
    const parts = columns.slice(0, end + 1).map((column, index) => {
      const operator = index < end ? '=' : end === columns.length - 1 ? last : strict;
      return `${quoteName(column)} ${operator} ${literal(key[index])}`;
    });
    return `(${parts.join(' AND ')})`;
  });
  return `(${ways.join(' OR ')})`;
}

/** A condition for rows whose key begins like this. */
export function equal(columns: readonly string[], key: readonly KeyValue[]): string {
  return columns.map((column, index) => `${quoteName(column)} = ${literal(key[index])}`).join(' AND ');
}

/** Bytes in hexadecimal; text and numbers that JavaScript has no room for as a string, which the server compares as its column. */
function literal(value: KeyValue | undefined): string {
  if (value === undefined) throw new Error('a key that is too short');
  if (Buffer.isBuffer(value)) return `X'${value.toString('hex')}'`;
  return typeof value === 'number' ? String(value) : quoteString(value);
}
