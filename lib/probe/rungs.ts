import type { ServerFacts } from '../inspect/server.js';
import { startsWithPartitionBy } from '../sql/partition-clause.js';

/** One ALGORITHM and LOCK that can be asserted. */
export interface Rung {
  algorithm: 'INSTANT' | 'NOCOPY' | 'INPLACE' | 'COPY';
  /** Absent where none may be stated: MySQL refuses LOCK beside INSTANT (error 1221). */
  lock?: 'NONE' | 'SHARED' | 'EXCLUSIVE';
}

/**
 * The ladder, cheapest first. A version that lacks a word (INSTANT on MySQL 5.7) answers 1800 or 1064 and is
 * asked the next. MariaDB wants LOCK=NONE beside INSTANT, or it would quietly copy for ORDER BY, ENGINE= and
 * PARTITION BY (measured on 10.11).
 */
export function rungsOf(server: ServerFacts): readonly Rung[] {
  if (server.flavor !== 'mariadb') return mysqlRungs;
  const onlineCopy = server.version.atLeast(11, 2);
  return mariadbRungs.filter((rung) => onlineCopy || rung.algorithm !== 'COPY' || rung.lock !== 'NONE');
}

const mysqlRungs: readonly Rung[] = [
  { algorithm: 'INSTANT' },
  { algorithm: 'INPLACE', lock: 'NONE' },
  { algorithm: 'INPLACE', lock: 'SHARED' },
  { algorithm: 'INPLACE', lock: 'EXCLUSIVE' },
  { algorithm: 'COPY', lock: 'SHARED' },
  { algorithm: 'COPY', lock: 'EXCLUSIVE' },
];

const mariadbRungs: readonly Rung[] = [
  { algorithm: 'INSTANT', lock: 'NONE' },
  { algorithm: 'NOCOPY', lock: 'NONE' },
  { algorithm: 'NOCOPY', lock: 'SHARED' },
  { algorithm: 'INPLACE', lock: 'NONE' },
  { algorithm: 'INPLACE', lock: 'SHARED' },
  { algorithm: 'INPLACE', lock: 'EXCLUSIVE' },
  { algorithm: 'COPY', lock: 'NONE' },
  { algorithm: 'COPY', lock: 'SHARED' },
  { algorithm: 'COPY', lock: 'EXCLUSIVE' },
];

export function clauseOf(rung: Rung): string {
  return rung.lock === undefined
    ? `ALGORITHM=${rung.algorithm}`
    : `ALGORITHM=${rung.algorithm}, LOCK=${rung.lock}`;
}

/**
 * The clause goes first, so that a comment at the end of the change cannot swallow it; the grammar wants no
 * comma between it and PARTITION BY or REMOVE PARTITIONING.
 * @param clause absent where the server takes none (MariaDB's partition management)
 */
export function alterSql(quotedTable: string, clause: string | undefined, spec: string): string {
  if (clause === undefined) return `ALTER TABLE ${quotedTable} ${spec}`;
  return `ALTER TABLE ${quotedTable} ${clause}${startsWithPartitionBy(spec) ? ' ' : ', '}${spec}`;
}
