import { cutterFor, nextSize } from '../rows/parts.js';
import { CutOff, type Reader } from '../rows/reader.js';
import type { Throttle } from '../rows/throttle.js';
import type { Walk } from '../rows/walk.js';
import type { Side } from './sides.js';

/** A part of a table that has been read. */
export interface ReadPart {
  /** What follows FROM, with its WHERE. */
  from: string;
  /** If it was stepped over: about as many as it may hold. */
  rows: number;
  /** Rows that differed, at the moment of the statement. */
  suspects: number;
  /** False: it was stepped over. */
  compared: boolean;
}

/** A part that takes longer is given up, and a smaller one is read. */
const limitMs = 5_000;
/** Of what cannot be made smaller: one row, or a table that can only be read as a whole. */
export const longestMs = 300_000;
/** Of rows that differ at a time: a part with more is made smaller. */
export const mostSuspects = 1_000;
/** Of one part: each time it is a quarter of what it was, until it is one row. */
const mostTries = 40;
/** Of the smallest part, which only somebody else ends. */
const triesAtLeast = 3;

/**
 * Reads a table in parts, each in a statement of its own that says how many rows it has and how many of them differ.
 * @param stride every how many parts one is read: the others are stepped over
 * @throws {CutOff} if even the smallest part takes too long
 */
export async function* readInParts(
  { table, differs }: Side,
  walk: Walk | undefined,
  { reader, stride, throttle }: { reader: Reader; stride(): number; throttle: Throttle },
): AsyncGenerator<ReadPart> {
  const cutter = await cutterFor(table, walk, undefined, reader);
  let size = cutter.firstSize;
  let tries = 0;
  for (let index = 0; ; ) {
    const compared = index % stride() === 0;
    const isSmallest = walk === undefined || size <= 1;
    const start = performance.now();
    let part: Part | undefined;
    try {
      const next = await cutter.next(size);
      if (next === undefined) return;
      const limit = isSmallest ? longestMs : limitMs;
      part = compared
        ? await read(next.from, differs, reader, limit)
        : await stepOver(next.from, size, reader, limit);
    } catch (error) {
      if (!isTooLong(error) || ++tries > (isSmallest ? triesAtLeast : mostTries)) throw error;
    }
    if (part === undefined || (part.suspects > mostSuspects && walk && size > mostSuspects)) {
      size = Math.max(1, size / 4);
      continue;
    }
    const tookMs = performance.now() - start;
    cutter.pass(part.rows);
    yield { ...part, compared };
    await throttle(tookMs);
    if (compared) size = nextSize(size, tookMs);
    index++;
    tries = 0;
  }
}

type Part = Omit<ReadPart, 'compared'>;

async function read(from: string, differs: string, reader: Reader, limit: number): Promise<Part> {
  const [row] = await reader.select<{ n: number; s: number }>(
    `COUNT(*) AS n, SUM(${differs}) AS s FROM ${from}`,
    limit,
  );
  return { from, rows: Number(row?.n ?? 0), suspects: Number(row?.s ?? 0) };
}

async function stepOver(from: string, size: number, reader: Reader, limit: number): Promise<Part> {
  const some = await reader.select<object>(`1 FROM ${from} LIMIT 1`, limit);
  return { from, rows: some.length === 0 ? 0 : Math.floor(size), suspects: 0 };
}

function isTooLong(error: unknown): boolean {
  return error instanceof CutOff && !error.timeIsUp;
}
