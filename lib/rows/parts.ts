import type { TableName } from '../sql/names.js';
import { fromTable } from './question.js';
import type { Reader } from './reader.js';
import { after, keyColumns, orderOf, type Position, positionIn, upTo, type Walk } from './walk.js';

/** A part of a table. */
export interface Part {
  /** What follows FROM, with its WHERE: conditions may follow with AND. */
  from: string;
}

/** Cuts a table into parts, one after the other. */
interface Cutter {
  /** In which unit `size` counts: rows, or integers of the key. */
  firstSize: number;
  /** The part after the last one that was passed; undefined at the end. */
  next(size: number): Promise<Part | undefined>;
  /** Continues behind the part that `next` gave. @param rows that it had */
  pass(rows: number): void;
}

const firstRows = 2_000;

/** @param rows about how many the table has, if known */
export async function cutterFor(
  table: TableName,
  walk: Walk | undefined,
  rows: number | undefined,
  reader: Reader,
): Promise<Cutter> {
  if (walk === undefined) return wholeTable(table);
  return walk.steps.length === 1 && walk.steps[0]?.integer
    ? alongIntegers(table, walk, rows, reader)
    : alongKey(table, walk, reader);
}

/** A part should take about this long. */
const targetMs = 300;

/** The size of the next part, by how long one of this size took: at most four times as much, or as little. */
export function nextSize(size: number, tookMs: number): number {
  return size * Math.min(4, Math.max(0.25, targetMs / Math.max(tookMs, 1)));
}

function wholeTable(table: TableName): Cutter {
  let passed = false;
  return {
    firstSize: 1,
    next: async () => (passed ? undefined : { from: `${fromTable(table)} WHERE TRUE` }),
    pass: () => {
      passed = true;
    },
  };
}

/** Between two numbers, so that no row is read to find where a part ends; one query jumps over a gap. */
async function alongIntegers(
  table: TableName,
  walk: Walk,
  rows: number | undefined,
  { select }: Reader,
): Promise<Cutter> {
  const key = orderOf({ ...walk, steps: walk.steps.map((step) => ({ ...step, descending: false })) });
  const from = fromTable(table, walk.index);
  const [ends] = await select<{ least: unknown; most: unknown }>(
    `MIN(${key}) AS least, MAX(${key}) AS most FROM ${fromTable(table)}`,
  );
  const most = wholeOf(ends?.most);
  let start = wholeOf(ends?.least);
  let end = start;
  let sparse = false;
  const span = most === undefined || start === undefined ? 0 : Number(most - start) + 1;
  return {
    firstSize: Math.max(firstRows, rows ? (span / rows) * firstRows : 0),
    async next(size) {
      if (most === undefined || start === undefined || start > most) return undefined;
      if (sparse) {
        const [found] = await select<{ least: unknown }>(
          `MIN(${key}) AS least FROM ${from} WHERE ${key} >= ${start}`,
        );
        start = wholeOf(found?.least);
        if (start === undefined || start > most) return undefined;
      }
      const last: bigint = start + BigInt(Math.max(1, Math.floor(size))) - 1n;
      end = last > most ? most : last;
      return { from: `${from} WHERE ${key} BETWEEN ${start} AND ${end}` };
    },
    pass(count) {
      sparse = count === 0;
      start = end === undefined ? undefined : end + 1n;
    },
  };
}

function wholeOf(value: unknown): bigint | undefined {
  return value === null || value === undefined ? undefined : BigInt(String(value));
}

/**
 * The end of a part is found by counting along the key. That reads the key's entries once more, pages that the part
 * needs anyway; a derived table, which would read it once, took more than twice as long (measured).
 */
function alongKey(table: TableName, walk: Walk, { select }: Reader): Cutter {
  const from = fromTable(table, walk.index);
  let start: Position | undefined;
  let end: Position | undefined;
  let atEnd = false;
  return {
    firstSize: firstRows,
    async next(size) {
      if (atEnd) return undefined;
      const behind = start === undefined ? 'TRUE' : after(walk, start);
      const [row] = await select<Record<string, unknown>>(
        `${keyColumns(walk)} FROM ${from} WHERE ${behind} ORDER BY ${orderOf(walk)} LIMIT 1 OFFSET ${Math.max(1, Math.floor(size)) - 1}`,
      );
      end = row && positionIn(walk, row);
      // A whole table through a forced index would be read row by row.
      const source = start === undefined && end === undefined ? fromTable(table) : from;
      return { from: `${source} WHERE ${end === undefined ? behind : `${behind} AND ${upTo(walk, end)}`}` };
    },
    pass() {
      start = end;
      atEnd = end === undefined;
    },
  };
}
