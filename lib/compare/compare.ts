import type { GiveWay } from '../rows/load.js';
import { CutOff, type Reader } from '../rows/reader.js';
import { Ledger } from './ledger.js';
import { readInParts } from './parts.js';
import { type Copy, sidesOf } from './sides.js';
import type { Comparison } from './suspects.js';
import { wayThrough } from './way.js';

export type { Difference } from './suspects.js';

export interface CompareContext {
  reader: Reader;
  giveWay: GiveWay;
  /** Every how many parts of the table one is compared; 1: all. Asked for each part. */
  stride(): number;
  /** The session's time zone has no hour that comes twice. */
  utc: boolean;
  /** Waits until everything has reached the copy that was in the original when it was called. */
  caughtUp(): Promise<void>;
  /**
   * @param compared rows of the original that were compared
   * @param passed rows of both tables that are behind
   */
  tell(compared: number, passed: number): void;
}

/**
 * Compares a table with its copy, row by row over the columns that they share, converted to what they become. Each
 * statement sees both tables at one moment. The copy is behind by what is on its way through the binlog, so a row
 * that differs is only a suspect (see settleSuspects). Rows that are written behind the reading are not read: they
 * reach the copy through the binlog, as those do that are written between the comparison and the swap.
 * @returns undefined: one of the tables has no key by which its rows can be found again
 * @throws {CutOff} where it did not come to its end, and found no difference by then
 */
export async function compareCopy(copy: Copy, context: CompareContext): Promise<Comparison | undefined> {
  const both = sidesOf(copy).map((side) => ({ side, way: wayThrough(side.shape, context.utc) }));
  const { reader, stride, giveWay } = context;
  const ledger = new Ledger(context);
  if (both.some(({ way }) => way === undefined)) return undefined;
  let rowsCompared = 0;
  let passed = 0;
  try {
    for (const { side, way } of both) {
      if (way === undefined) return undefined;
      for await (const part of readInParts(side, way, { reader, stride, giveWay })) {
        if (part.suspicious > 0) await ledger.note(side, way, part.from);
        if (ledger.isEnough) return { ...ledger.figures, rowsCompared };
        passed += part.rows;
        if (part.compared && side.what === 'lost') rowsCompared += part.rows;
        context.tell(rowsCompared, passed);
      }
    }
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    // What was found by then stays found.
    await ledger.settle();
    if (ledger.figures.differences.length === 0) throw error;
  }
  await ledger.settle();
  return { ...ledger.figures, rowsCompared };
}
