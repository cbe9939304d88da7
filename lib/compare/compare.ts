import { readInParts } from '../rows/parts.js';
import type { Throttle } from '../rows/read-throttle.js';
import { CutOff, type Reader, visibleIndexes } from '../rows/reader.js';
import { rowKeyOf } from '../rows/walk.js';
import { type Difference, Differences, mostSuspects } from './differences.js';
import { type ComparedTables, type Side, sidesOf } from './sides.js';

export interface CompareContext {
  reader: Reader;
  throttle: Throttle;
  /** Every how many parts of the table one is compared; 1: all. Asked for each part. */
  stride(): number;
  /** The session's time zone has no hour that comes twice. */
  utc: boolean;
  /** Waits until the shadow table has everything that the original table had when it was called. */
  caughtUp(): Promise<void>;
  /**
   * @param compared rows of the original table that were compared
   * @param passed rows of both tables that were read or stepped over
   */
  report(compared: number, passed: number): void;
}

export interface Comparison {
  rowsCompared: number;
  differences: readonly Difference[];
  /** Keys of rows that were written at each look: nothing can be said of them. */
  restless: readonly string[];
  /** How often a row was read again, since it differed at first. */
  looksAgain: number;
}

/**
 * Compares a table with its shadow table, row by row over the columns that they share, converted to what they become.
 * Each statement sees both tables at one moment. The shadow table lags by what is on its way through the binlog, so a row
 * that differs is only a suspect (see `Differences`). Rows that are written behind the reading are not read: they reach
 * the shadow table through the binlog, as do those that are written between the comparison and the cut-over.
 * @returns undefined if one of the tables has no key by which its rows can be found again
 * @throws {CutOff} if it was cut off before it had found a difference
 */
export async function compareTables(
  tables: ComparedTables,
  context: CompareContext,
): Promise<Comparison | undefined> {
  const sides = sidesOf(tables).flatMap((side) => {
    // To force an invisible index is an error.
    const key = rowKeyOf({ columns: side.shape.columns, indexes: visibleIndexes(side.shape) }, context.utc);
    return key === undefined
      ? []
      : [{ side, parts: key.parts, found: new Differences(side, key.row, context) }];
  });
  if (sides.length < 2) return undefined;
  let rowsCompared = 0;
  let passed = 0;
  let cutOff: CutOff | undefined;
  const comparison = (): Comparison => ({
    rowsCompared,
    differences: sides.flatMap(({ found }) => found.differences),
    restless: sides.flatMap(({ found }) => found.restless),
    looksAgain: sides.reduce((sum, { found }) => sum + found.looksAgain, 0),
  });
  try {
    for (const { side, parts, found } of sides) {
      let index = 0;
      const read = (from: string, size: number, limitMs: number) =>
        index % context.stride() === 0
          ? compareRows(side, from, size, limitMs, context.reader)
          : stepOver(from, size, limitMs, context.reader);
      for await (const part of readInParts(side.table, parts, context, read)) {
        index++;
        if (part.suspects > 0) await found.add(part.from);
        if (found.isEnough) return comparison();
        passed += part.rows;
        if (!part.isSkipped && side.what === 'lost') rowsCompared += part.rows;
        context.report(rowsCompared, passed);
      }
    }
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    cutOff = error;
  }
  for (const { found } of sides) await found.settle();
  const found = comparison();
  // What was found by then counts.
  if (cutOff !== undefined && found.differences.length === 0) throw cutOff;
  return found;
}

interface ComparedPart {
  /** If it was skipped: about as many as it may hold. */
  rows: number;
  /** Rows that differed, at the moment of the statement. */
  suspects: number;
  isSkipped: boolean;
}

async function compareRows(
  { differs }: Side,
  from: string,
  size: number,
  limitMs: number,
  reader: Reader,
): Promise<ComparedPart | undefined> {
  const [row] = await reader.select<{ n: number; s: number }>(
    `COUNT(*) AS n, SUM(${differs}) AS s FROM ${from}`,
    limitMs,
  );
  const suspects = Number(row?.s ?? 0);
  if (suspects > mostSuspects && size > mostSuspects) return undefined;
  return { rows: Number(row?.n ?? 0), suspects, isSkipped: false };
}

async function stepOver(from: string, size: number, limitMs: number, reader: Reader): Promise<ComparedPart> {
  const some = await reader.select<object>(`1 FROM ${from} LIMIT 1`, limitMs);
  return { rows: some.length === 0 ? 0 : Math.floor(size), suspects: 0, isSkipped: true };
}
