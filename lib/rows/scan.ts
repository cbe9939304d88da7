import type { Emit, Progress } from '../documents/event.js';
import { isConnectionGone, isLockWaitTimeout, isServerError, type ServerError } from '../mysql/errors.js';
import { lex } from '../sql/lexer.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { nameOf } from '../sql/tokens.js';
import type { Index, TableShape } from '../table/shape.js';
import { counted, humanMs } from '../text/human.js';
import { readInParts } from './parts.js';
import {
  asKeys,
  fromTable,
  type KeyQuestion,
  keyValues,
  labelled,
  nonNull,
  ordinals,
  type RowQuestion,
  repeatedKeys,
  rowColumn,
  shown,
  type Tally,
} from './question.js';
import type { Throttle } from './read-throttle.js';
import { CutOff, type Reader } from './reader.js';
import { orderOf, type Walk, walkOf } from './walk.js';

interface ScanContext {
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

type ReportProgress = (progress: Progress) => void;
type RowTally = Tally<RowQuestion>;
type KeyTally = Tally<KeyQuestion>;

/**
 * Answers questions: all about single rows in one pass through the table, part by part, and all about keys in one more.
 * @returns how many rows were read, if that was counted
 */
export async function scan(tallies: readonly Tally[], context: ScanContext): Promise<number | undefined> {
  const isOfRows = (tally: Tally): tally is RowTally => tally.question.kind === 'rows';
  const isOfKeys = (tally: Tally): tally is KeyTally => tally.question.kind === 'key';
  const rows = await scanRows(tallies.filter(isOfRows), context);
  const keyed = await scanKeys(tallies.filter(isOfKeys), context);
  return rows ?? keyed;
}

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

async function scanRows(tallies: readonly RowTally[], context: ScanContext): Promise<number | undefined> {
  if (tallies.length === 0) return undefined;
  const { table, rows: total, report } = context;
  const walk = walkOf(context.shape);
  const open = () => tallies.filter(({ unfinished }) => unfinished === undefined);
  let rows = 0;
  await orUnfinished(tallies, context, async () => {
    const read = async (from: string, size: number, limitMs: number) => {
      const part = await count(from, open(), context, limitMs);
      const hasFailed = part.counts.some(([, offending]) => offending === failed);
      // Smaller and smaller, until only the row is left for which it fails.
      if (hasFailed && walk !== undefined && size > 1) return undefined;
      return { ...part, counts: part.counts.map(([tally, n]) => [tally, n === failed ? 1 : n] as const) };
    };
    for await (const part of readInParts(table, walk, context, read)) {
      for (const [tally, offending] of part.counts) tally.count += offending;
      rows += part.rows;
      // The total is an estimate: below 100 % until it is really done.
      report(
        total
          ? { rowsCopied: rows, rowsTotal: total, percent: Math.min(99, (100 * rows) / total) }
          : { rowsCopied: rows },
      );
      for (const tally of open()) await sampleRows(part.from, tally, walk, context);
      for (const tally of open()) {
        if (tally.question.byFailing && tally.count >= mostSamples) tally.unfinished = 'enough were found';
      }
      if (open().length === 0) return;
    }
  });
  return rows;
}

/**
 * All keys without an index of their own are counted in one pass: COUNT(DISTINCT) leaves out rows with a NULL, as UNIQUE
 * does, and takes a fourth to an eighth of the time of GROUP BY (measured). If an index holds the key in order, GROUP BY
 * reads only that, and is faster still.
 */
async function scanKeys(tallies: readonly KeyTally[], context: ScanContext): Promise<number | undefined> {
  const sorted = tallies.map((tally) => ({ tally, index: indexFor(tally.question, context.shape.indexes) }));
  const unsorted = sorted.flatMap(({ tally, index }) => (index === undefined ? [tally] : []));
  const timer = setInterval(() => context.report({ stage: 'looking for keys that would repeat' }), 1_000);
  try {
    const rows = await orUnfinished(unsorted, context, async () => {
      await context.throttle(0);
      const found = await count(fromTable(context.table), unsorted, context);
      for (const [tally, surplus] of found.counts) tally.count = surplus;
      return found.rows;
    });
    for (const { tally, index } of sorted) {
      if (index !== undefined) await orUnfinished([tally], context, () => countSorted(index, tally, context));
    }
    for (const tally of tallies) await sampleKeys(tally, context);
    return rows;
  } finally {
    clearInterval(timer);
  }
}

/** Ends the questions that are still open with the reason why they cannot be answered. */
async function orUnfinished<T>(
  tallies: readonly Tally[],
  { limitMs }: ScanContext,
  work: () => Promise<T>,
): Promise<T | undefined> {
  if (tallies.length === 0) return undefined;
  try {
    return await work();
  } catch (error) {
    const why = whyUnfinished(error, limitMs);
    for (const tally of tallies) tally.unfinished ??= why;
    return undefined;
  }
}

interface Counts<T> {
  rows: number;
  counts: readonly (readonly [T, number])[];
}

/**
 * One question that the server cannot answer (a function that fails, a table that it may not read) spoils no other. MySQL
 * 8.0.15 takes every COUNT for COUNT(*) if a statement without conditions has nothing else (measured): SUM(1) is something else.
 */
async function count<T extends RowTally | KeyTally>(
  from: string,
  tallies: readonly T[],
  context: ScanContext,
  limitMs?: number,
): Promise<Counts<T>> {
  const asked = tallies.map(({ question }, at) => `, ${countOf(question)} AS q${at}`);
  try {
    const [row] = await context.reader.select<Record<string, unknown>>(
      `SUM(1) AS n${asked.join('')} FROM ${from}`,
      limitMs,
    );
    const counts = tallies.map((tally, at) => [tally, Number(row?.[`q${at}`] ?? 0)] as const);
    return { rows: Number(row?.n ?? 0), counts };
  } catch (error) {
    if (!isAboutQuestion(error)) throw error;
    const [only, ...others] = tallies;
    if (only?.question.kind === 'rows' && only.question.byFailing && others.length === 0) {
      only.said = error.message;
      return { rows: 0, counts: [[only, failed]] };
    }
    if (only !== undefined && others.length === 0) {
      only.unfinished = whyUnfinished(error, context.limitMs);
      return { rows: 0, counts: [] };
    }
    const each: Counts<T>[] = [];
    for (const tally of tallies) each.push(await count(from, [tally], context, limitMs));
    return { rows: Math.max(...each.map(({ rows }) => rows)), counts: each.flatMap(({ counts }) => counts) };
  }
}

/** Instead of a number: for some row of the part the server could not compute the expression. */
const failed = -1;

function countOf(question: RowQuestion | KeyQuestion): string {
  // COUNT does not compute what cannot be NULL.
  if (question.kind === 'rows' && question.byFailing)
    return `COALESCE(SUM(0 * CRC32(${question.offends})), 0)`;
  if (question.kind === 'rows') return `COUNT(CASE WHEN (${question.offends}) THEN 1 END)`;
  const { parts } = question;
  return `COUNT(CASE WHEN ${nonNull(parts)} THEN 1 END) - COUNT(DISTINCT ${parts.join(', ')})`;
}

/** The server can answer, but not this: another question may be answered. */
function isAboutQuestion(error: unknown): error is ServerError {
  return isServerError(error) && !isConnectionGone(error) && !isLockWaitTimeout(error);
}

/**
 * Why a question was not answered, as the rest of a sentence.
 * @throws what is neither the server's answer nor the end of the time
 */
function whyUnfinished(error: unknown, limitMs: number): string {
  if (error instanceof CutOff) {
    return error.timeIsUp
      ? `the time limit of ${humanMs(limitMs)} was reached`
      : 'the query that read it was killed, or took too long';
  }
  if (isConnectionGone(error)) return 'the connection to the server was lost';
  if (isLockWaitTimeout(error)) return 'somebody has locked the table';
  if (isServerError(error)) return `the server said: ${error.message}`;
  throw error;
}

/** The columns of an index in their order, and its name. */
interface Sorted {
  name: string;
  parts: readonly string[];
}

async function countSorted({ name, parts }: Sorted, tally: KeyTally, context: ScanContext): Promise<void> {
  await context.throttle(0);
  const [row] = await context.reader.select<{ many: unknown }>(
    `COALESCE(SUM(g.n - 1), 0) AS many FROM (SELECT COUNT(*) AS n FROM ${fromTable(context.table, name)} ` +
      `WHERE ${nonNull(parts)} GROUP BY ${parts.join(', ')} HAVING COUNT(*) > 1) AS g`,
  );
  tally.count = Number(row?.many ?? 0);
}

/** An index that begins with the very columns of the key, whole and as they are. */
function indexFor({ parts }: KeyQuestion, indexes: readonly Index[]): Sorted | undefined {
  const asked = new Set(parts);
  for (const { name, type, parts: held } of indexes) {
    const first = held.slice(0, parts.length).flatMap(({ column, prefix }) => {
      const isWhole = column !== undefined && prefix === undefined;
      return isWhole ? [rowColumn(column)] : [];
    });
    const isSame = first.length === asked.size && first.every((column) => asked.has(column));
    if (type === 'BTREE' && isSame) return { name, parts: first };
  }
  return undefined;
}

const mostSamples = 5;
/** GROUP BY is slow on a large table, and a sample merely helps. */
const sampleLimitMs = 15_000;

/**
 * The keys of some rows that offend, as `id=5`; without a key to name a row by, the values themselves. Asked only in a
 * part that has such rows.
 */
async function sampleRows(
  from: string,
  tally: RowTally,
  walk: Walk | undefined,
  { reader, shape }: ScanContext,
): Promise<void> {
  const wanted = Math.min(mostSamples, tally.count) - tally.samples.length;
  if (wanted <= 0) return;
  const { byFailing } = tally.question;
  // Without a key nobody knows which of the rows it was.
  if (byFailing && walk === undefined) return;
  const offends = byFailing ? 'TRUE' : tally.question.offends;
  const named = columnsIn(offends, shape.columns);
  const names = walk
    ? walk.steps.map(({ name }) => name)
    : (named.length > 0 ? named : shape.columns.map(({ name }) => name)).slice(0, 3);
  const order = walk === undefined ? '' : ` ORDER BY ${orderOf(walk)}`;
  const what = `${asKeys(names.map(rowColumn))} FROM ${from} AND (${offends})${order} LIMIT ${wanted}`;
  const rows = await sample(reader, what);
  tally.samples.push(...rows.map((row) => labelled(names, keyValues(row, names.length))));
}

/** Some of the values that repeat, as `email=x (3 rows)`. Asked only if there are such. */
async function sampleKeys(tally: KeyTally, { reader, table, shape }: ScanContext): Promise<void> {
  const { parts } = tally.question;
  if (tally.count === 0) return;
  const rows = await sample(
    reader,
    `${asKeys(parts)}, COUNT(*) AS n FROM ${repeatedKeys(fromTable(table), parts)} ` +
      `ORDER BY COUNT(*) DESC, ${ordinals(parts)} LIMIT ${mostSamples}`,
  );
  // The column of a part; of an expression over several, the expression.
  const labels = parts.map((part) => {
    const [name, ...others] = columnsIn(part, shape.columns);
    return name !== undefined && others.length === 0 ? name : shown(part);
  });
  tally.samples = rows.map((row) => {
    const values = labelled(labels, keyValues(row, labels.length));
    return `${values} (${counted(Number(row.n), 'row')})`;
  });
}

/** A missing sample is no reason to stop. */
async function sample(reader: Reader, what: string): Promise<Record<string, unknown>[]> {
  try {
    return await reader.select<Record<string, unknown>>(what, sampleLimitMs);
  } catch (error) {
    if (error instanceof CutOff || isAboutQuestion(error)) return [];
    throw error;
  }
}

/** Columns of the table that an expression names. */
function columnsIn(sql: string, columns: readonly { name: string }[]): string[] {
  const named = new Set(lex(sql).map((token) => nameOf(token)?.toLowerCase()));
  return columns.flatMap(({ name }) => (named.has(name.toLowerCase()) ? [name] : []));
}
