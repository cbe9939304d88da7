import type { GiveWay } from '../../plan/checks/rows/load.js';
import type { Reader } from '../../plan/checks/rows/reader.js';
import { longestMs, mostSuspicious, readInParts } from './read-in-parts.js';
import { settleSuspects } from './settle-suspects.js';
import { type Copy, type Side, sidesOf } from './sides.js';
import { findSuspects, type Suspect } from './suspects.js';
import { type Way, wayThrough } from './way.js';

/** A row that stays different, by its key. */
export interface Difference {
  what: Side['what'];
  /** `id=5` */
  key: string;
}

export interface Comparison {
  rowsCompared: number;
  differences: readonly Difference[];
  /** Keys of rows that were written at each look: nothing can be said of them. */
  restless: readonly string[];
  /** How often a row was looked at again, since it differed at first. */
  looksAgain: number;
}

export interface CompareContext {
  reader: Reader;
  giveWay: GiveWay;
  /** Every how many parts of the table one is compared; 1: all. */
  stride: number;
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

/** A copy that is broken is broken: to count on would cost the server more than it tells anybody. */
const enough = 1_000;
/** A part with more suspects than can be looked at together, which cannot be made smaller. */
const mostPasses = 20;

/**
 * Compares a table with its copy, row by row over the columns that they share, converted to what they become. Each
 * statement sees both tables at one moment. The copy is behind by what is on its way through the binlog, so a row
 * that differs is only a suspect (see settleSuspects). Rows that are written behind the reading are not read: they
 * reach the copy through the binlog, as those do that are written between the comparison and the swap.
 * @returns undefined: one of the tables has no key by which its rows can be found again
 */
export async function compareCopy(copy: Copy, context: CompareContext): Promise<Comparison | undefined> {
  const sides = sidesOf(copy).map((side) => ({ side, way: wayThrough(side.shape, context.utc) }));
  const differences: Difference[] = [];
  const restless: string[] = [];
  let looksAgain = 0;
  let rowsCompared = 0;
  let passed = 0;
  if (sides.some(({ way }) => way === undefined)) return undefined;
  for (const { side, way } of sides) {
    if (way === undefined) continue;
    const tell = (rows: number, compared: boolean) => {
      passed += rows;
      if (compared && side.what === 'lost') rowsCompared += rows;
      context.tell(rowsCompared, passed);
    };
    for await (const settled of compareSide(side, way, context, tell)) {
      differences.push(...settled.different.map((key) => ({ what: side.what, key })));
      restless.push(...settled.restless);
      looksAgain += settled.looks;
      if (differences.length >= enough) return { rowsCompared, differences, restless, looksAgain };
    }
  }
  return { rowsCompared, differences, restless, looksAgain };
}

/** Reads one side through, and settles what it has found whenever that is much, and at the end. */
async function* compareSide(
  side: Side,
  way: Way,
  context: CompareContext,
  tell: (rows: number, compared: boolean) => void,
) {
  const { reader, stride, giveWay } = context;
  const settle = (found: readonly Suspect[]) => settleSuspects(side, way.row, found, context);
  let suspects: Suspect[] = [];
  for await (const part of readInParts(side, way, { reader, stride, giveWay })) {
    let found: readonly Suspect[] = [];
    for (let pass = 1; part.suspicious > 0 && (pass === 1 || found.length === mostSuspicious); pass++) {
      found = await findSuspects(side, way.row, part.from, mostSuspicious, reader, longestMs);
      if (pass > mostPasses) yield { different: [], restless: ['many rows'], looks: 0 };
      if (pass > mostPasses) break;
      suspects.push(...found);
      if (suspects.length >= mostSuspicious) {
        yield await settle(suspects);
        suspects = [];
      }
    }
    tell(part.rows, part.compared);
  }
  if (suspects.length > 0) yield await settle(suspects);
}
