import type { Emit, Progress } from '../documents/event.js';
import { isConnectionGone, isLockWaitTimeout, isServerError } from '../mysql/errors.js';
import { lex } from '../sql/lexer.js';
import { quoteName, type TableName, tableLabel } from '../sql/names.js';
import { nameOf } from '../sql/tokens.js';
import type { TableShape } from '../table/shape.js';
import { humanMs } from '../text/human.js';
import { cutterFor, nextSize, type Part } from './parts.js';
import { mostSamples, type RowQuestion, rowAlias, shown, type Tally } from './question.js';
import { CutOff, type Reader } from './reader.js';
import type { Throttle } from './throttle.js';
import { orderOf, type Walk, walkOf } from './walk.js';

export interface ScanContext {
  table: TableName;
  shape: Pick<TableShape, 'columns' | 'indexes'>;
  /** About how many rows there are; absent if unknown. */
  rows?: number;
  reader: Reader;
  /** All the time that there was at the beginning. */
  limitMs: number;
  throttle: Throttle;
  report: ReportProgress;
}

export type ReportProgress = (progress: Progress) => void;

const reportEveryMs = 1_000;

/** Emits how far the checks are, at most once a second. */
export function progressReporter(emit: Emit, table: TableName): ReportProgress {
  const start = performance.now();
  let reportedAt = start;
  return (progress) => {
    const now = performance.now();
    if (now - reportedAt < reportEveryMs) return;
    reportedAt = now;
    const elapsedMs = Math.round(now - start);
    emit({ type: 'progress', phase: 'check', table: tableLabel(table), elapsedMs, ...progress });
  };
}

/** @param total an estimate: below 100 % until it is really done */
function rowsProgress(done: number, total: number | undefined): Progress {
  if (total === undefined || total === 0) return { rowsCopied: done };
  return { rowsCopied: done, rowsTotal: total, percent: Math.min(99, (100 * done) / total) };
}

/** A part that takes longer is given up and made smaller: its rows may lie closer together than those before. */
const partLimitMs = 3_000;

/**
 * Answers questions about single rows, all of them in one pass through the table, part by part.
 * @returns how many rows were read
 */
export async function scanRows(tallies: readonly Tally<RowQuestion>[], scan: ScanContext): Promise<number> {
  let rows = 0;
  const open = () => tallies.filter(({ unfinished }) => unfinished === undefined);
  try {
    const walk = walkOf(scan.shape);
    const cutter = await cutterFor(scan.table, walk, scan.rows, scan.reader);
    let size = cutter.firstSize;
    await scan.throttle(0);
    for (let part = await cutter.next(size); part !== undefined && open().length > 0; ) {
      const start = performance.now();
      const count = await countIn(part, open(), scan, walk && size > 1 ? partLimitMs : undefined);
      if (count === 'too-large') {
        size /= 8;
      } else {
        rows += count;
        scan.report(rowsProgress(rows, scan.rows));
        const tookMs = performance.now() - start;
        await sampleRows(part, open(), walk, scan);
        cutter.pass(count);
        await scan.throttle(performance.now() - start);
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

/** Adds the offending rows of a part to the tallies. @returns how many rows the part has */
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
    if (!isAboutQuestion(error) || tallies.length === 0) throw error;
    const answerable = await withoutFailing(part, tallies, scan, limitMs, error);
    return countIn(part, answerable, scan, limitMs);
  }
}

/** One question that the server cannot answer (a function that fails, a table that it may not read) spoils no other. */
async function withoutFailing(
  part: Part,
  tallies: readonly Tally<RowQuestion>[],
  scan: ScanContext,
  limitMs: number | undefined,
  error: unknown,
): Promise<readonly Tally<RowQuestion>[]> {
  const [only] = tallies;
  if (only !== undefined && tallies.length === 1) only.unfinished = whyUnfinished(error, scan.limitMs);
  for (const tally of tallies.length === 1 ? [] : tallies) {
    try {
      await scan.reader.select(countsOf(part, [tally]), limitMs);
    } catch (single) {
      if (!isServerError(single)) throw single;
      tally.unfinished = whyUnfinished(single, scan.limitMs);
    }
  }
  const left = tallies.filter(({ unfinished }) => unfinished === undefined);
  if (left.length === tallies.length) throw error;
  return left;
}

function countsOf({ from }: Part, tallies: readonly Tally<RowQuestion>[]): string {
  const counts = tallies.map(
    ({ question }, at) => `, COUNT(CASE WHEN (${question.offends}) THEN 1 END) AS q${at}`,
  );
  return `COUNT(*) AS n${counts.join('')} FROM ${from}`;
}

/** The server can answer, but not this: another question may be answered. */
export function isAboutQuestion(error: unknown): boolean {
  return isServerError(error) && !isConnectionGone(error) && !isLockWaitTimeout(error);
}

/**
 * Why a question was not answered, as the rest of a sentence.
 * @throws what is neither the server's answer nor the end of the time
 */
export function whyUnfinished(error: unknown, limitMs: number): string {
  if (error instanceof CutOff) {
    return error.timeIsUp
      ? `the time limit of ${humanMs(limitMs)} was reached`
      : 'somebody killed the query that read it';
  }
  if (isConnectionGone(error)) return 'the connection to the server was lost';
  if (isLockWaitTimeout(error)) return 'somebody has locked the table';
  if (isServerError(error)) return `the server said: ${error.message}`;
  throw error;
}

/**
 * The keys of some rows that offend, as `id=5`; without a key to name a row by, the values themselves. Asked only in a
 * part that has such rows.
 */
async function sampleRows(
  part: Part,
  tallies: readonly Tally<RowQuestion>[],
  walk: Walk | undefined,
  { reader, shape }: ScanContext,
): Promise<void> {
  for (const tally of tallies) {
    const wanted = Math.min(mostSamples, tally.count) - tally.samples.length;
    if (wanted <= 0) continue;
    const { offends } = tally.question;
    const names = walk?.steps.map(({ name }) => name) ?? namedIn(offends, shape.columns);
    const columns = names.map((name, at) => `${quoteName(rowAlias)}.${quoteName(name)} AS k${at}`);
    const order = walk === undefined ? '' : ` ORDER BY ${orderOf(walk)}`;
    try {
      const rows = await reader.select<Record<string, unknown>>(
        `${columns.join(', ')} FROM ${part.from} AND (${offends})${order} LIMIT ${wanted}`,
      );
      tally.samples.push(
        ...rows.map((row) => names.map((name, at) => `${name}=${shown(row[`k${at}`])}`).join(', ')),
      );
    } catch (error) {
      if (!isAboutQuestion(error)) throw error; // a missing sample is no reason to stop
    }
  }
}

/** Columns of the table that a predicate names; if it names none, the first ones. */
function namedIn(predicate: string, columns: readonly { name: string }[]): string[] {
  const named = new Set(lex(predicate).map((token) => nameOf(token)?.toLowerCase()));
  const found = columns.filter(({ name }) => named.has(name.toLowerCase()));
  return (found.length > 0 ? found : columns).slice(0, 3).map(({ name }) => name);
}
