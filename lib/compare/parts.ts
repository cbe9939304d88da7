import type { GiveWay } from '../rows/load.js';
import { cutterFor, nextSize } from '../rows/parts.js';
import { CutOff, type Reader } from '../rows/reader.js';
import type { Side } from './sides.js';
import type { Way } from './way.js';

/** A part of a table that has been read. */
export interface ReadPart {
  /** What follows FROM, with its WHERE. */
  from: string;
  /** Where it was stepped over: about as many as it may hold. */
  rows: number;
  /** Rows that differed, at the moment of the statement. */
  suspicious: number;
  /** False: it was stepped over. */
  compared: boolean;
}

/** A part that takes longer is too large: it is given up, and a smaller one is read. */
const limitMs = 5_000;
/** For what cannot be made smaller: one row, or a table that can only be read as a whole. */
export const longestMs = 300_000;
/** Of rows that differ at a time: a part with more is made smaller. */
export const mostSuspicious = 1_000;
/** Of one part: each time it is a quarter of what it was, until it is one row. */
const mostTries = 40;
/** Where it cannot be made smaller, it is somebody else who ends it. */
const triesAtLeast = 3;

/**
 * Reads a table in parts, each in a statement of its own that says how many rows it has and how many of them differ.
 * @param stride every how many parts one is read: the others are stepped over
 * @throws {CutOff} where even the smallest part takes too long
 */
export async function* readInParts(
  { table, suspicious }: Side,
  { cut }: Way,
  { reader, stride, giveWay }: { reader: Reader; stride(): number; giveWay: GiveWay },
): AsyncGenerator<ReadPart> {
  const cutter = await cutterFor(table, cut, undefined, reader);
  let size = cutter.firstSize;
  let tries = 0;
  for (let index = 0; ; ) {
    const compared = index % stride() === 0;
    const isSmallest = cut === undefined || size <= 1;
    const start = performance.now();
    let part: Part | undefined;
    try {
      const next = await cutter.next(size);
      if (next === undefined) return;
      const limit = isSmallest ? longestMs : limitMs;
      part = compared
        ? await read(next.from, suspicious, reader, limit)
        : await stepOver(next.from, size, reader, limit);
    } catch (error) {
      if (!isTooLong(error) || ++tries > (isSmallest ? triesAtLeast : mostTries)) throw error;
    }
    if (part === undefined || (part.suspicious > mostSuspicious && cut && size > mostSuspicious)) {
      size = Math.max(1, size / 4);
      continue;
    }
    const tookMs = performance.now() - start;
    cutter.pass(part.rows);
    yield { ...part, compared };
    await giveWay(tookMs);
    if (compared) size = nextSize(size, tookMs);
    index++;
    tries = 0;
  }
}

type Part = Omit<ReadPart, 'compared'>;

async function read(from: string, suspicious: string, reader: Reader, limit: number): Promise<Part> {
  const [row] = await reader.select<{ n: number; s: number }>(
    `COUNT(*) AS n, SUM(${suspicious}) AS s FROM ${from}`,
    limit,
  );
  return { from, rows: Number(row?.n ?? 0), suspicious: Number(row?.s ?? 0) };
}

async function stepOver(from: string, size: number, reader: Reader, limit: number): Promise<Part> {
  const some = await reader.select<object>(`1 FROM ${from} LIMIT 1`, limit);
  return { from, rows: some.length === 0 ? 0 : Math.floor(size), suspicious: 0 };
}

function isTooLong(error: unknown): boolean {
  return error instanceof CutOff && !error.timeIsUp;
}
