import { isConnectionGone, isLockWaitTimeout, isServerError } from '../mysql/errors.js';
import { nameOf } from '../sql/cursor.js';
import { lex } from '../sql/lexer.js';
import { quoteName, type TableName } from '../sql/names.js';
import type { TableShape } from '../table/shape.js';
import type { GiveWay } from './load.js';
import type { Part } from './parts.js';
import type { TellProgress } from './progress.js';
import { type RowQuestion, rowAlias } from './question.js';
import type { Reader } from './reader.js';
import { mostSamples, shown, type Tally } from './tally.js';
import { orderOf, type Walk } from './walk.js';

/**
 * The keys of some rows that offend, as `id=5`; where there is no key to name a row by, the values themselves. Asked
 * only in a part that has such rows.
 */
export async function sampleRows(
  part: Part,
  tallies: readonly Tally<RowQuestion>[],
  walk: Walk | undefined,
  { reader, shape }: ScanContext,
): Promise<void> {
  for (const tally of tallies) {
    const wanted = Math.min(mostSamples, tally.count) - tally.samples.length;
    if (wanted <= 0) continue;
    const { offends } = tally.question;
    const names = walk?.steps.map(({ name }) => name) ?? namesIn(offends, shape.columns);
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
      if (!isOfTheQuestion(error)) throw error; // a sample that cannot be had is no reason to stop
    }
  }
}

/** Columns of the table that a predicate names; where it names none, all the first ones. */
function namesIn(predicate: string, columns: readonly { name: string }[]): string[] {
  const named = new Set(lex(predicate).map((token) => nameOf(token)?.toLowerCase()));
  const found = columns.filter(({ name }) => named.has(name.toLowerCase()));
  return (found.length > 0 ? found : columns).slice(0, 3).map(({ name }) => name);
}

/** The server can answer, but not this: another question may be answered well. */
export function isOfTheQuestion(error: unknown): boolean {
  return isServerError(error) && !isConnectionGone(error) && !isLockWaitTimeout(error);
}

export interface ScanContext {
  table: TableName;
  shape: Pick<TableShape, 'columns' | 'indexes'>;
  /** About how many rows there are; absent where that is not known. */
  rows?: number;
  reader: Reader;
  /** All the time that there was at the beginning. */
  limitMs: number;
  giveWay: GiveWay;
  tell: TellProgress;
}
