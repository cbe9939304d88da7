import type { TableName } from '../sql/names.js';
import { fromTable } from './question.js';
import type { Throttle } from './read-throttle.js';
import { CutOff, type Reader } from './reader.js';
import { after, keyColumns, orderOf, type Position, positionIn, upTo, type Walk } from './walk.js';

interface PartReading {
  reader: Reader;
  throttle: Throttle;
  /** About how many rows the table has, if known. */
  rows?: number;
}

/** A part should take about this long. */
const targetMs = 300;
/** A part that takes longer is given up, and a smaller one is read: its rows may lie closer together. */
const limitMs = 5_000;
/** Of what cannot be made smaller (one row, or a table without a key): a longer snapshot would hold up the purge. */
export const longestMs = 300_000;
/** Of the smallest part, which only somebody else ends. */
const mostTries = 3;

/**
 * Reads a table in parts along a key, one after the other, and rests in between. Without a key it is one part.
 * @param read a part, by what follows FROM (conditions may follow with AND); about how large it is; within a limit.
 * Returns how many rows it had; undefined: it must be smaller, if it can be
 * @throws {CutOff} if even the smallest part takes too long
 */
export async function* readInParts<T extends { rows: number; isSkipped?: boolean }>(
  table: TableName,
  walk: Walk | undefined,
  { reader, throttle, rows }: PartReading,
  read: (from: string, size: number, limitMs: number) => Promise<T | undefined>,
): AsyncGenerator<T & { from: string }> {
  await throttle(0);
  const cutter = await cutterFor(table, walk, rows, reader);
  let size = cutter.firstSize;
  for (let tries = 0; ; ) {
    const isSmallest = walk === undefined || size <= 1;
    const start = performance.now();
    let from: string | undefined;
    let part: T | undefined;
    try {
      from = await cutter.next(size);
      if (from === undefined) return;
      part = await read(from, size, isSmallest ? longestMs : limitMs);
    } catch (error) {
      const isTooLong = error instanceof CutOff && !error.timeIsUp;
      if (!isTooLong || (isSmallest && ++tries === mostTries)) throw error;
    }
    if (from === undefined || part === undefined) {
      size = Math.max(1, size / 4);
      continue;
    }
    const tookMs = performance.now() - start;
    cutter.pass(part.rows);
    yield { ...part, from };
    await throttle(tookMs);
    // At most four times as much, or as little.
    if (!part.isSkipped) size *= Math.min(4, Math.max(0.25, targetMs / Math.max(tookMs, 1)));
    tries = 0;
  }
}

/** Cuts a table into parts, one after the other. */
interface Cutter {
  /** In which unit `size` counts: rows, or integers of the key. */
  firstSize: number;
  /** What follows FROM for the part after the last one that was passed; undefined at the end. */
  next(size: number): Promise<string | undefined>;
  /** Continues behind the part that `next` gave. @param rows that it had */
  pass(rows: number): void;
}

const firstRows = 2_000;

async function cutterFor(
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

function wholeTable(table: TableName): Cutter {
  let passed = false;
  return {
    firstSize: 1,
    next: async () => (passed ? undefined : `${fromTable(table)} WHERE TRUE`),
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
  const key = walk.steps[0]?.sql;
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
      if (sparse) {
        const [found] = await select<{ least: unknown }>(
          `MIN(${key}) AS least FROM ${from} WHERE ${key} >= ${start}`,
        );
        start = wholeOf(found?.least);
      }
      if (most === undefined || start === undefined || start > most) return undefined;
      const last: bigint = start + BigInt(Math.max(1, Math.floor(size))) - 1n;
      end = last > most ? most : last;
      return `${from} WHERE ${key} BETWEEN ${start} AND ${end}`;
    },
    pass(count) {
      start = end === undefined || end === most ? undefined : end + 1n;
      sparse = count === 0 && start !== undefined;
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
      const offset = Math.max(1, Math.floor(size)) - 1;
      const [row] = await select<Record<string, unknown>>(
        `${keyColumns(walk)} FROM ${from} WHERE ${behind} ORDER BY ${orderOf(walk)} LIMIT 1 OFFSET ${offset}`,
      );
      end = row && positionIn(walk, row);
      if (end !== undefined) return `${from} WHERE ${behind} AND ${upTo(walk, end)}`;
      // A whole table through a forced index would be read row by row.
      return `${start === undefined ? fromTable(table) : from} WHERE ${behind}`;
    },
    pass() {
      start = end;
      atEnd = end === undefined;
    },
  };
}
