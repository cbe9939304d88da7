import { CutOff, type Reader, visibleIndexes } from '../rows/reader.js';
import type { Throttle } from '../rows/throttle.js';
import { rowKeyOf } from '../rows/walk.js';
import { type Comparison, Differences } from './differences.js';
import { readInParts } from './parts.js';
import { type ComparedTables, sidesOf } from './sides.js';

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
  const { reader, stride, throttle, utc } = context;
  const sides = sidesOf(tables).flatMap((side) => {
    // To force an invisible index is an error.
    const key = rowKeyOf({ columns: side.shape.columns, indexes: visibleIndexes(side.shape) }, utc);
    return key === undefined ? [] : [{ side, key }];
  });
  if (sides.length < 2) return undefined;
  const found = new Differences(context);
  let rowsCompared = 0;
  let passed = 0;
  try {
    for (const { side, key } of sides) {
      for await (const part of readInParts(side, key.parts, { reader, stride, throttle })) {
        if (part.suspects > 0) await found.add(side, key.row, part.from);
        if (found.isEnough) return { ...found.figures, rowsCompared };
        passed += part.rows;
        if (part.compared && side.what === 'lost') rowsCompared += part.rows;
        context.report(rowsCompared, passed);
      }
    }
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    // What was found by then counts.
    await found.settle();
    if (found.figures.differences.length === 0) throw error;
  }
  await found.settle();
  return { ...found.figures, rowsCompared };
}
