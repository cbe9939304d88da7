import type { Index } from '../../inspect/shape.js';
import type { TableFacts } from '../../inspect/table.js';
import type { Session } from '../../mysql/session.js';
import { quoteName, quoteTable } from '../../sql/quote.js';
import { beyond, type KeyValue } from './beyond.js';
import { integer, placesBetween } from './spread.js';

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
  const ends = await readEnds(session, table, key);
  if (ends === undefined) return undefined;
  const look = { session, table, key, count, signal };
  const isNumber = key.columns.length === 1 && ends.every((end) => integer(end) !== undefined);
  const found =
    isNumber || (table.rows?.count ?? 0) > walkableRows
      ? await divided(look, ends)
      : ((await walked(look)) ?? (await divided(look, ends)));
  return found !== undefined && found.windows.length >= Math.min(leastWindows, count) ? found : undefined;
}

async function readEnds(
  session: Session,
  table: TableFacts,
  key: SampleKey,
): Promise<readonly [KeyValue, KeyValue] | undefined> {
  const name = quoteName(key.columns[0] ?? '');
  const [row] = await session.rows<{ low: KeyValue | null; high: KeyValue | null }>(
    `SELECT MIN(${name}) AS low, MAX(${name}) AS high FROM ${quoteTable(table.name)}`,
  );
  return row === undefined || row.low === null || row.high === null ? undefined : [row.low, row.high];
}

interface Look {
  session: Session;
  table: TableFacts;
  key: SampleKey;
  count: number;
  signal: AbortSignal;
}

async function divided(
  { session, table, key, count, signal }: Look,
  [min, max]: readonly [KeyValue, KeyValue],
): Promise<Windows | undefined> {
  const found = new Map<string, { start: readonly KeyValue[]; places: bigint[] }>();
  for (const place of placesBetween(min, max, count) ?? []) {
    signal.throwIfAborted();
    const from = beyond(key.columns.slice(0, 1), [place], 'from');
    const start = await keyAt(session, table, key, from, 0);
    if (start === undefined) continue;
    const window = found.get(JSON.stringify(start)) ?? { start, places: [] };
    const number = key.columns.length === 1 ? integer(place) : undefined;
    if (number !== undefined) window.places.push(number);
    found.set(JSON.stringify(start), window);
  }
  const [low, high] = [integer(min), integer(max)];
  const isNumber = key.columns.length === 1 && low !== undefined && high !== undefined;
  return { windows: [...found.values()], ...(isNumber && { ends: [low, high] as const }) };
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
  return { windows, rows: windows.length * step };
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
