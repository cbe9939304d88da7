import { lex } from '../sql/lexer.js';
import { quoteName } from '../sql/names.js';
import { nameOf } from '../sql/tokens.js';
import type { Index } from '../table/shape.js';
import { counted } from '../text/human.js';
import {
  fromTable,
  type KeyQuestion,
  mostSamples,
  nonNull,
  rowAlias,
  shown,
  type Tally,
} from './question.js';
import { CutOff } from './reader.js';
import { isAboutQuestion, type ScanContext, whyUnfinished } from './scan.js';

/**
 * Answers which keys would repeat. All keys without an index of their own are counted in one pass: COUNT(DISTINCT) leaves
 * out rows with a NULL, as UNIQUE does, and takes a fourth to an eighth of the time of GROUP BY (measured). If an index
 * holds the key in order, GROUP BY reads only that, and is faster still.
 * @returns how many rows were read, if that was counted
 */
export async function scanKeys(
  tallies: readonly Tally<KeyQuestion>[],
  scan: ScanContext,
): Promise<number | undefined> {
  const sorted = tallies.map((tally) => ({ tally, index: indexFor(tally.question, scan.shape.indexes) }));
  const unsorted = sorted.flatMap(({ tally, index }) => (index === undefined ? [tally] : []));
  const timer = setInterval(() => scan.report({ stage: 'looking for keys that would repeat' }), 1_000);
  try {
    const rows = await countUnsorted(unsorted, scan);
    for (const { tally, index } of sorted) {
      if (index !== undefined) await orUnfinished([tally], scan, () => countSorted(index, tally, scan));
    }
    for (const tally of tallies) await sampleKeys(tally, scan);
    return rows;
  } finally {
    clearInterval(timer);
  }
}

/** One question that the server cannot answer spoils no other. */
async function countUnsorted(
  tallies: readonly Tally<KeyQuestion>[],
  scan: ScanContext,
): Promise<number | undefined> {
  if (tallies.length === 0) return undefined;
  if (tallies.length === 1) return orUnfinished(tallies, scan, () => countDistinct(tallies, scan));
  try {
    return await countDistinct(tallies, scan);
  } catch (error) {
    const alone = isAboutQuestion(error) ? tallies.map((tally) => [tally]) : [tallies];
    for (const group of alone) {
      await orUnfinished(group, scan, () =>
        group.length === 1 ? countDistinct(group, scan) : Promise.reject(error),
      );
    }
    return undefined;
  }
}

async function orUnfinished<T>(
  tallies: readonly Tally<KeyQuestion>[],
  scan: ScanContext,
  count: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await count();
  } catch (error) {
    const why = whyUnfinished(error, scan.limitMs);
    for (const tally of tallies) tally.unfinished = why;
    return undefined;
  }
}

async function countDistinct(tallies: readonly Tally<KeyQuestion>[], scan: ScanContext): Promise<number> {
  await scan.throttle(0);
  const counts = tallies.map(
    ({ question: { parts } }, at) =>
      `, COUNT(CASE WHEN ${nonNull(parts)} THEN 1 END) AS m${at}, COUNT(DISTINCT ${parts.join(', ')}) AS d${at}`,
  );
  const [row] = await scan.reader.select<Record<string, unknown>>(
    `COUNT(*) AS n${counts.join('')} FROM ${fromTable(scan.table)}`,
  );
  for (const [at, tally] of tallies.entries()) {
    tally.count = Number(row?.[`m${at}`] ?? 0) - Number(row?.[`d${at}`] ?? 0);
  }
  return Number(row?.n ?? 0);
}

/** The columns of an index in their order, and its name. */
interface Sorted {
  name: string;
  parts: readonly string[];
}

async function countSorted(
  { name, parts }: Sorted,
  tally: Tally<KeyQuestion>,
  scan: ScanContext,
): Promise<void> {
  await scan.throttle(0);
  const [row] = await scan.reader.select<{ many: unknown }>(
    `COALESCE(SUM(g.n - 1), 0) AS many FROM (SELECT COUNT(*) AS n FROM ${fromTable(scan.table, name)} ` +
      `WHERE ${nonNull(parts)} GROUP BY ${parts.join(', ')} HAVING COUNT(*) > 1) AS g`,
  );
  tally.count = Number(row?.many ?? 0);
}

/** An index that begins with the very columns of the key, whole and as they are. */
function indexFor({ parts }: KeyQuestion, indexes: readonly Index[]): Sorted | undefined {
  const asked = new Set(parts.map((part) => part.replace(`${quoteName(rowAlias)}.`, '')));
  for (const index of indexes) {
    const first = index.parts.slice(0, parts.length);
    const held = first.map(({ column, prefix }) =>
      column === undefined || prefix !== undefined ? undefined : quoteName(column),
    );
    if (
      index.type === 'BTREE' &&
      held.length === asked.size &&
      held.every((name) => name && asked.has(name))
    ) {
      const names = held.filter((name) => name !== undefined);
      return { name: index.name, parts: names.map((column) => `${quoteName(rowAlias)}.${column}`) };
    }
  }
  return undefined;
}

/** GROUP BY is slow on a large table, and a sample merely helps. */
const limitMs = 15_000;

/** Some of the values that repeat, as `email=x (3 rows)`. Asked only if there are such. */
async function sampleKeys(tally: Tally<KeyQuestion>, scan: ScanContext): Promise<void> {
  const { parts } = tally.question;
  if (tally.count === 0) return;
  const columns = parts.map((part, at) => `${part} AS k${at}`).join(', ');
  const ordinals = parts.map((_, at) => at + 1).join(', ');
  try {
    const rows = await scan.reader.select<Record<string, unknown>>(
      `${columns}, COUNT(*) AS n FROM ${fromTable(scan.table)} WHERE ${nonNull(parts)} ` +
        `GROUP BY ${ordinals} HAVING COUNT(*) > 1 ORDER BY COUNT(*) DESC, ${ordinals} LIMIT ${mostSamples}`,
      limitMs,
    );
    const labels = parts.map((part) => labelOf(part, scan.shape.columns));
    tally.samples = rows.map((row) => {
      const values = labels.map((label, at) => `${label}=${shown(row[`k${at}`])}`);
      return `${values.join(', ')} (${counted(Number(row.n), 'row')})`;
    });
  } catch (error) {
    if (!(error instanceof CutOff) && !isAboutQuestion(error)) throw error;
  }
}

/** The column of a part; of an expression over several, the expression. */
function labelOf(part: string, columns: readonly { name: string }[]): string {
  const named = new Set(lex(part).map((token) => nameOf(token)?.toLowerCase()));
  const found = columns.filter(({ name }) => named.has(name.toLowerCase()));
  const [only] = found;
  return only !== undefined && found.length === 1 ? only.name : shown(part);
}
