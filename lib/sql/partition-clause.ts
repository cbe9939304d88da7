import type { Clause } from './statement.js';
import { codeOf, hasKeyword, keyword, unmarked } from './tokens.js';

/**
 * Whether a statement manages partitions, which on MariaDB takes neither ALGORITHM nor LOCK: `add` and `drop` of
 * RANGE or LIST partitions change metadata; what moves rows between partitions copies them.
 */
export function partitionManagement(clauses: readonly Clause[]): 'add' | 'drop' | 'copying' | undefined {
  for (const clause of clauses) {
    const [first, second] = clause.head;
    if (first === undefined || second !== 'PARTITION') continue;
    if (first === 'DROP') return 'drop';
    // A partition of HASH or KEY has no VALUES: adding one deals the rows out again.
    if (first === 'ADD') return hasKeyword(clause.text, 'VALUES') ? 'add' : 'copying';
    if (['COALESCE', 'REORGANIZE', 'REBUILD'].includes(first)) return 'copying';
  }
  return undefined;
}

/**
 * `PARTITION BY …` and `REMOVE PARTITIONING` at the beginning of a spec: the grammar wants no comma between
 * them and an ALGORITHM or LOCK in front.
 */
export function startsWithPartitionBy(spec: string): boolean {
  const [first, second] = unmarked(codeOf(spec)).map(keyword);
  return ['PARTITION BY', 'REMOVE PARTITIONING'].includes(`${first} ${second}`);
}
