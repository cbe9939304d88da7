import type { TableFacts } from '../inspect/table.js';
import type { Session } from '../mysql/session.js';
import { fromTable } from '../rows/question.js';
import { after, keyColumns, orderOf, type Position, positionIn, type Walk } from '../rows/walk.js';

export interface Window {
  /** The key of the row before it. */
  start: Position;
  /** Where it was looked for: between the place and `start` is nothing. Only along a key of one integer. */
  places: readonly bigint[];
}

/** Where in the table the sample is taken, in the order of the key. */
export interface Windows {
  windows: readonly Window[];
  /** The least and the greatest key, if it is one integer. */
  ends?: readonly [bigint, bigint];
  /** Rows of the table, if finding the windows has counted them. */
  rows?: number;
}

/** With fewer the sample is not spread over the table. */
const leastWindows = 8;
const walkLimitMs = 2_000;
/** A walk along an index passes some millions of rows in its time. */
const walkableRows = 10_000_000;

interface Look {
  session: Session;
  table: TableFacts;
  walk: Walk;
  count: number;
  /** Along one integer, whose values are spread evenly as a rule. */
  isNumber: boolean;
  signal: AbortSignal;
}

/**
 * Places all over a table from which a chunk each can be read: evenly between the least and the greatest key if it is a
 * number, or the table is too large to walk through; otherwise every so many rows along the key.
 * @returns undefined if no places were found that are spread over the table
 */
export async function findWindows(
  session: Session,
  table: TableFacts,
  walk: Walk,
  count: number,
  signal: AbortSignal,
): Promise<Windows | undefined> {
  const [first, ...others] = walk.steps;
  const isNumber = first?.integer === true && !first.descending && others.length === 0;
  const look = { session, table, walk, count, isNumber, signal };
  const walks = (table.rows?.count ?? 0) <= walkableRows;
  for (const find of isNumber || !walks ? [divided, walked] : [walked, divided]) {
    const found = await find(look);
    if (found !== undefined && found.windows.length >= Math.min(leastWindows, count)) return found;
  }
  return undefined;
}

async function divided(look: Look): Promise<Windows | undefined> {
  const windows = await divide(look, [], look.count);
  const ends = look.isNumber ? await readEnds(look, []) : [];
  const [low, high] = ends.map(integer);
  return { windows, ...(low !== undefined && high !== undefined && { ends: [low, high] as const }) };
}

/**
 * Divides the range of one column of the key. If that has few values (a tenant, a kind), it divides the range of the next
 * column within each of them.
 */
async function divide(look: Look, beginning: Position, count: number): Promise<Window[]> {
  const { walk, isNumber, signal } = look;
  const depth = beginning.length;
  const step = walk.steps[depth];
  const [least, greatest] = await readEnds(look, beginning);
  if (step === undefined || least === undefined) return [];
  const found = new Map<string, { start: Position; places: bigint[] }>();
  for (const place of placesBetween(least, greatest, count) ?? [least]) {
    signal.throwIfAborted();
    const from = `${step.sql} ${step.descending ? '<=' : '>='} ${step.literal(place)}`;
    const start = await keyAt(look, [...beginsWith(walk, beginning), from].join(' AND '), 0);
    if (start === undefined) continue;
    const id = JSON.stringify(start.slice(0, depth + 1));
    const window = found.get(id) ?? { start, places: [] };
    const number = isNumber ? integer(place) : undefined;
    if (number !== undefined) window.places.push(number);
    found.set(id, window);
  }
  const windows = [...found.values()];
  if (windows.length > count / 2 || depth + 1 === walk.steps.length) return windows;
  const each = Math.max(1, Math.floor(count / windows.length));
  const deeper: Window[] = [];
  for (const { start } of windows) deeper.push(...(await divide(look, start.slice(0, depth + 1), each)));
  return deeper;
}

/** The least and the greatest value of the column that follows the beginning of a key; none if there is no row. */
async function readEnds({ session, table, walk }: Look, beginning: Position): Promise<unknown[]> {
  const column = walk.steps[beginning.length]?.sql;
  const where = ['TRUE', ...beginsWith(walk, beginning)].join(' AND ');
  const [row] = await session.rows<{ low: unknown; high: unknown }>(
    `SELECT MIN(${column}) AS low, MAX(${column}) AS high FROM ${fromTable(table.name)} WHERE ${where}`,
  );
  return row === undefined || row.low === null ? [] : [row.low, row.high];
}

function beginsWith({ steps }: Walk, beginning: Position): string[] {
  return beginning.map((value, at) => `${steps[at]?.sql} = ${steps[at]?.literal(value)}`);
}

/** @returns undefined if the time was up before the end of the table */
async function walked(look: Look): Promise<Windows | undefined> {
  const { table, walk, count, signal } = look;
  const step = Math.max(1, Math.floor((table.rows?.count ?? 0) / count));
  const began = performance.now();
  const windows: Window[] = [];
  let start = await keyAt(look, 'TRUE', Math.floor(step / 2));
  while (start !== undefined) {
    signal.throwIfAborted();
    if (performance.now() - began > walkLimitMs) return undefined;
    windows.push({ start, places: [] });
    start = await keyAt(look, after(walk, start), step - 1);
  }
  // The server's estimate, from which the step comes, can be far too low.
  const each = Math.max(1, Math.round(windows.length / count));
  return { windows: windows.filter((_, index) => index % each === 0), rows: windows.length * step };
}

/** The key of the row so many rows after the first that meets the condition; undefined beyond the end. */
export async function keyAt(
  { session, table, walk }: { session: Session; table: Pick<TableFacts, 'name'>; walk: Walk },
  condition: string,
  offset: number,
): Promise<Position | undefined> {
  const [row] = await session.rows<Record<string, unknown>>(
    `SELECT ${keyColumns(walk)} FROM ${fromTable(table.name, walk.index)} WHERE ${condition}
      ORDER BY ${orderOf(walk)} LIMIT 1 OFFSET ${offset}`,
  );
  return row && positionIn(walk, row);
}

/**
 * Places that lie evenly between two values of a column, the middle of each part. Of integers exactly; of text and
 * bytes by what follows their common beginning: whatever such a place is, the next row after it is a row.
 * @returns undefined of values that cannot be divided like this (dates, decimals)
 */
export function placesBetween(min: unknown, max: unknown, count: number): (string | Buffer)[] | undefined {
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

/** Also of numbers that JavaScript has no room for, which the driver reads as text. */
export function integer(value: unknown): bigint | undefined {
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
