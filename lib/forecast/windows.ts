import type { TableFacts } from '../inspect/table.js';
import type { Session } from '../mysql/session.js';
import { quoteName, quoteTable } from '../sql/names.js';
import type { Index } from '../table/shape.js';
import { beyond, equal, integer, type KeyValue, placesBetween } from './spread.js';

/** The key along which a table is sampled. */
export interface SampleKey {
  /** Of the index. */
  name: string;
  columns: readonly string[];
}

export interface Window {
  /** The key of its first row. */
  start: readonly KeyValue[];
  /** Where it was looked for: what lies between the place and the row is empty. Only along a key of one number. */
  places: readonly bigint[];
}

/** Where in the table the sample is taken, in the order of the key. */
export interface Windows {
  windows: readonly Window[];
  /** The least and the greatest key, where it is one number. */
  ends?: readonly [bigint, bigint];
  /** Rows of the table, where looking for the windows has told. */
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
 * Places all over a table from which a chunk each can be read: by dividing what lies between the least and the greatest
 * key where it is a number, or the table too large to walk through; else every so many rows along the key.
 * @returns undefined where no places were found that are spread over the table
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
  // Numbers lie evenly as a rule; of other keys the rows themselves tell, where they can be passed in time.
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
 * Divides what lies between the ends of one column of the key. Where that has few values (a tenant, a kind), it divides what there
 * is of each by the next column.
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

/** @returns undefined where the time was up before the end of the table */
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

/** The key of the row so many rows after the first that fulfils the condition; undefined beyond the end. */
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
