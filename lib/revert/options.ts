import type { TableOptions } from '../table/options.js';
import type { Partitioning } from '../table/partitioning.js';
import { type Loss, losses } from './losses.js';

/** What removes an option that the definition did not name (MySQL manual, "CREATE TABLE Statement"), by the value that does. */
const resets = new Map(
  Object.entries({
    // The last two lines: MariaDB
    DEFAULT: `ROW_FORMAT STATS_PERSISTENT STATS_AUTO_RECALC STATS_SAMPLE_PAGES PACK_KEYS
      PAGE_COMPRESSED PAGE_COMPRESSION_LEVEL PAGE_CHECKSUM TRANSACTIONAL
      ENCRYPTED ENCRYPTION_KEY_ID`,
    0: 'KEY_BLOCK_SIZE MAX_ROWS MIN_ROWS AVG_ROW_LENGTH CHECKSUM DELAY_KEY_WRITE AUTOEXTEND_SIZE',
    "''": 'COMMENT COMPRESSION',
    "'N'": 'ENCRYPTION',
    NULL: 'SECONDARY_ENGINE',
  }).flatMap(([value, names]) => names.split(/\s+/).map((name) => [name, `${name}=${value}`] as const)),
);

/** Where a table is, which no ALTER TABLE changes (MySQL manual, "ALTER TABLE Statement"). */
const fixed = ['DATA DIRECTORY', 'INDEX DIRECTORY'];
const charset = ['DEFAULT CHARSET', 'COLLATE'];

/** The options that give the table what it had, or why there are none: part of a sentence. */
export function optionClauses(
  before: TableOptions,
  after: TableOptions,
): { clauses: readonly string[]; losses: readonly Loss[] } | { refused: string } {
  if (before.words !== after.words) {
    return { refused: `its options were ${before.words || 'none'} and are ${after.words || 'none'}` };
  }
  const clauses: string[] = [];
  for (const name of new Set([...before.named.keys(), ...after.named.keys()])) {
    const [was, is] = [before.named.get(name)?.sql, after.named.get(name)?.sql];
    if (was === is || name === 'AUTO_INCREMENT' || charset.includes(name)) continue;
    const clause = fixed.includes(name) ? undefined : (was ?? resets.get(name));
    if (clause === undefined) return { refused: `no statement reverts its option ${is ?? was}` };
    clauses.push(clause);
  }
  // Both together: a collation belongs to its character set.
  const [was, is] = [before, after].map(({ named }) =>
    charset.flatMap((name) => named.get(name)?.sql ?? []).join(' '),
  );
  if (was !== undefined && was !== '' && was !== is) clauses.push(was);
  const block = after.named.get('KEY_BLOCK_SIZE')?.sql;
  const isBlockSaid = block !== undefined && block !== before.named.get('KEY_BLOCK_SIZE')?.sql;
  // MariaDB writes the table's size into each index, where it stays (measured on 10.11).
  return { clauses, losses: isBlockSaid ? [losses.keyBlockSize(block)] : [] };
}

/**
 * What gives the table its partitions back, as it follows ALTER TABLE: all of them at once, in one copy of the table.
 * @param renamed gives a text the names that columns had
 */
export function repartition(
  before: Partitioning | undefined,
  after: Partitioning | undefined,
  renamed: (sql: string) => string,
): { clauses: readonly string[]; losses: readonly Loss[] } {
  if (before === undefined)
    return { clauses: after === undefined ? [] : ['REMOVE PARTITIONING'], losses: [] };
  if (after !== undefined && renamed(after.sql) === before.sql) return { clauses: [], losses: [] };
  const left = after?.partitions.map(({ name }) => name);
  const gone = before.partitions.map(({ name }) => name).filter((name) => left?.includes(name) === false);
  const [last, now] = [before.partitions.at(-1), after?.partitions.at(-1)];
  const isBounded = ['RANGE', 'LIST'].includes(before.method) && !before.sql.includes('MAXVALUE');
  const isWider = isBounded && (now === undefined || now.takesRest || now.values !== last?.values);
  return {
    clauses: [before.sql],
    losses: [
      ...(gone.length > 0 ? [losses.rowsGone(gone)] : []),
      ...(isWider ? [losses.mayNotFit('Rows written since that belong to none of the old partitions')] : []),
    ],
  };
}
