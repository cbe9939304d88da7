import { isConnectionGone, isLockWaitTimeout, isServerError } from '../mysql/errors.js';
import { humanMs } from '../text/human.js';
import { cutterFor, nextSize, type Part } from './parts.js';
import { rowsProgress } from './progress.js';
import type { RowQuestion } from './question.js';
import { CutOff } from './reader.js';
import { isOfTheQuestion, type ScanContext, sampleRows } from './samples.js';
import type { Tally } from './tally.js';
import { walkOf } from './walk.js';

/** A part that takes longer is given up and made smaller: rows may lie closer than they did before it. */
const partLimitMs = 3_000;

/**
 * Answers questions about single rows, all of them in one reading of the table, part by part.
 * @returns how many rows were looked at
 */
export async function scanRows(tallies: readonly Tally<RowQuestion>[], scan: ScanContext): Promise<number> {
  let rows = 0;
  const open = () => tallies.filter(({ unfinished }) => unfinished === undefined);
  try {
    const walk = walkOf(scan.shape);
    const cutter = await cutterFor(scan.table, walk, scan.rows, scan.reader);
    let size = cutter.firstSize;
    await scan.giveWay(0);
    for (let part = await cutter.next(size); part !== undefined && open().length > 0; ) {
      const start = performance.now();
      const count = await countIn(part, open(), scan, walk && size > 1 ? partLimitMs : undefined);
      if (count === 'too-large') {
        size /= 8;
      } else {
        rows += count;
        scan.tell(rowsProgress(rows, scan.rows));
        const tookMs = performance.now() - start;
        await sampleRows(part, open(), walk, scan);
        cutter.pass(count);
        await scan.giveWay(performance.now() - start);
        size = nextSize(size, tookMs);
      }
      part = await cutter.next(size);
    }
  } catch (error) {
    const why = whyUnfinished(error, scan.limitMs);
    for (const tally of open()) tally.unfinished = why;
  }
  return rows;
}

/** Adds what a part has to the tallies. */
async function countIn(
  part: Part,
  tallies: readonly Tally<RowQuestion>[],
  scan: ScanContext,
  limitMs: number | undefined,
): Promise<number | 'too-large'> {
  try {
    const [row] = await scan.reader.select<Record<string, unknown>>(countsOf(part, tallies), limitMs);
    for (const [at, tally] of tallies.entries()) tally.count += Number(row?.[`q${at}`] ?? 0);
    return Number(row?.n ?? 0);
  } catch (error) {
    if (error instanceof CutOff && !error.timeIsUp && limitMs !== undefined) return 'too-large';
    if (!isOfTheQuestion(error) || tallies.length === 0) throw error;
    return apart(part, tallies, scan, limitMs, error);
  }
}

/** One question that the server cannot answer (a function that fails, a table that may not be read) spoils no other. */
async function apart(
  part: Part,
  tallies: readonly Tally<RowQuestion>[],
  scan: ScanContext,
  limitMs: number | undefined,
  error: unknown,
): Promise<number | 'too-large'> {
  const [only] = tallies;
  if (only !== undefined && tallies.length === 1) {
    only.unfinished = whyUnfinished(error, scan.limitMs);
    return countIn(part, [], scan, limitMs);
  }
  for (const tally of tallies) {
    try {
      await scan.reader.select(countsOf(part, [tally]), limitMs);
    } catch (single) {
      if (!isServerError(single)) throw single;
      tally.unfinished = whyUnfinished(single, scan.limitMs);
    }
  }
  const left = tallies.filter(({ unfinished }) => unfinished === undefined);
  if (left.length === tallies.length) throw error;
  return countIn(part, left, scan, limitMs);
}

function countsOf({ from }: Part, tallies: readonly Tally<RowQuestion>[]): string {
  const counts = tallies.map(
    ({ question }, at) => `, COUNT(CASE WHEN (${question.offends}) THEN 1 END) AS q${at}`,
  );
  return `COUNT(*) AS n${counts.join('')} FROM ${from}`;
}

/**
 * Why a question was not answered, as the rest of a sentence.
 * @throws what is neither the server's answer nor the end of the time
 */
export function whyUnfinished(error: unknown, limitMs: number): string {
  if (error instanceof CutOff) {
    return error.timeIsUp ? `the time limit of ${humanMs(limitMs)} was reached` : 'the statement was cut off';
  }
  if (isConnectionGone(error)) return 'the connection to the server was lost';
  if (isLockWaitTimeout(error)) return 'the table was locked by somebody';
  if (isServerError(error)) return `the server said: ${error.message}`;
  throw error;
}
