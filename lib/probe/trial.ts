import type { CostClass } from '../documents/plan.js';
import { assertsPartitionClauses, copiesOnline } from '../inspect/capabilities.js';
import type { ServerFacts } from '../inspect/server.js';
import { isClassRefused, isRefusal, isSyntaxError, type ServerError } from '../mysql/errors.js';
import { quoteTable } from '../sql/names.js';
import { partitionManagement, startsWithPartitionBy } from '../sql/partition-clause.js';
import type { AlterStatement } from '../sql/statement.js';
import { readShape, type TableShape } from '../table/shape.js';
import { buildsIndex, type Difference, differenceOf } from './difference.js';
import type { Scratch } from './scratch.js';
import { hasBuiltIndex, isRewritten, readStorage } from './storage.js';

/** What a change did to an empty clone, by the cheapest ALGORITHM and LOCK that the server takes for it. */
export interface Trial extends Effect {
  class: CostClass;
  /** What the real ALTER has to assert; absent if the server takes no clause. */
  clause?: string;
  /** Why the cheaper rungs were refused, in the server's words. */
  refused: readonly { clause: string; text: string }[];
}

interface Effect {
  /** The whole table is rewritten. */
  rebuilds: boolean;
  before: TableShape;
  after: TableShape;
  difference: Difference;
}

/**
 * Runs the change on an empty clone, from the cheapest ALGORITHM and LOCK upwards, and takes the first rung that the server
 * accepts and honors: INSTANT or NOCOPY does not count if the server rewrote the table (MariaDB accepts INSTANT for a
 * copy).
 * @param above the rung that the real table has refused
 * @returns the server's error if it refuses the change for another reason than its class
 */
export async function tryCheapest(
  scratch: Scratch,
  server: ServerFacts,
  statement: AlterStatement,
  above?: string,
): Promise<Trial | { error: ServerError }> {
  let effectOf = await lookBefore(scratch, server, statement);
  const managed = assertsPartitionClauses(server) ? undefined : partitionManagement(statement.clauses);
  if (managed !== undefined) {
    // No LOCK is taken beside ADD, DROP, REORGANIZE, REBUILD and COALESCE PARTITION there (1064 or 1846), so nothing can
    // be asserted: adding and dropping are cheap, the others copy the partitions they touch.
    const error = await attempt(scratch, statement.spec);
    if (error !== undefined) return { error };
    const { builtIndex: _, ...effect } = await effectOf();
    return { ...effect, class: managed === 'copying' ? 'copy' : 'metadata', refused: [] };
  }
  const refused: { clause: string; text: string }[] = [];
  const ladder = rungsOf(server);
  const start = above === undefined ? 0 : ladder.findIndex((rung) => clauseOf(rung) === above) + 1;
  let last: ServerError | undefined;
  for (const rung of ladder.slice(start)) {
    const clause = clauseOf(rung);
    // INSTANT and NOCOPY promise that nothing is rewritten.
    const isBelowRebuild = rung.algorithm === 'INSTANT' || rung.algorithm === 'NOCOPY';
    // A refused ALTER leaves the clone as it was.
    last = await attempt(scratch, statement.spec, clause);
    if (last === undefined) {
      const { builtIndex, ...effect } = await effectOf();
      if (!effect.rebuilds || !isBelowRebuild) {
        // If the real table has refused a rung, it has something that the clone lacks, which does not show what this costs.
        const costs = above === undefined ? { rebuilds: effect.rebuilds, builtIndex } : undefined;
        return { ...effect, class: classOf(rung, costs), clause, refused };
      }
      refused.push({ clause, text: 'accepted, but the server rewrote the whole table' });
      effectOf = await lookBefore(scratch, server, statement);
    } else {
      // MySQL 5.7 and 8.0.11 do not know INSTANT: 1064 or 1800. A real syntax error comes back on the next rung.
      if (!isClassRefused(last) && !(isSyntaxError(last) && isBelowRebuild)) return { error: last };
      refused.push({ clause, text: last.message });
    }
  }
  if (last === undefined) throw new Error('an empty ladder');
  return { error: last };
}

/** Looks at a new clone. @returns looks again, and compares */
async function lookBefore(
  scratch: Scratch,
  server: ServerFacts,
  { renames, clauses }: AlterStatement,
): Promise<() => Promise<Effect & { builtIndex: boolean }>> {
  const { session } = scratch;
  const name = await scratch.fresh();
  const before = await readShape(session, name);
  const storage = await readStorage(session, server, name);
  return async () => {
    const after = await readShape(session, name);
    const now = await readStorage(session, server, name);
    const difference = differenceOf(before, after, renames);
    return {
      before,
      after,
      difference,
      rebuilds: isRewritten(storage, now),
      builtIndex: hasBuiltIndex(storage, now) ?? buildsIndex(difference, clauses),
    };
  };
}

/** Makes a change on the clone. @returns the error if the server refuses it */
export async function attempt(
  { session, place }: Scratch,
  spec: string,
  clause?: string,
): Promise<ServerError | undefined> {
  try {
    await session.execute(alterSql(quoteTable(place), clause, spec));
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

/** @param costs absent: unknown */
function classOf(
  { algorithm, lock }: Rung,
  costs: { rebuilds: boolean; builtIndex: boolean } | undefined,
): CostClass {
  if (algorithm === 'INSTANT') return 'instant';
  if (algorithm === 'COPY') return lock === 'NONE' ? 'online-copy' : 'copy';
  if (lock !== 'NONE') return 'shared';
  if (costs === undefined) return algorithm === 'NOCOPY' ? 'scan' : 'rebuild';
  if (costs.rebuilds) return 'rebuild';
  return costs.builtIndex ? 'scan' : 'metadata';
}

/** One ALGORITHM and LOCK that can be asserted. */
interface Rung {
  algorithm: 'INSTANT' | 'NOCOPY' | 'INPLACE' | 'COPY';
  /** Absent if none may be stated: MySQL refuses LOCK beside INSTANT (error 1221). */
  lock?: 'NONE' | 'SHARED' | 'EXCLUSIVE';
}

/**
 * The ladder, cheapest first. A version that lacks a word (INSTANT on MySQL 5.7) answers 1800 or 1064 and is
 * asked the next. MariaDB wants LOCK=NONE beside INSTANT, or it would quietly copy for ORDER BY, ENGINE= and
 * PARTITION BY (measured on 10.11).
 */
export function rungsOf(server: ServerFacts): readonly Rung[] {
  const inplace = rungs('INPLACE', 'NONE', 'SHARED', 'EXCLUSIVE');
  const copy = rungs('COPY', 'SHARED', 'EXCLUSIVE');
  if (server.flavor !== 'mariadb') return [{ algorithm: 'INSTANT' }, ...inplace, ...copy];
  return [
    ...rungs('INSTANT', 'NONE'),
    ...rungs('NOCOPY', 'NONE', 'SHARED'),
    ...inplace,
    ...(copiesOnline(server) ? rungs('COPY', 'NONE') : []),
    ...copy,
  ];
}

function rungs(algorithm: Rung['algorithm'], ...locks: NonNullable<Rung['lock']>[]): Rung[] {
  return locks.map((lock) => ({ algorithm, lock }));
}

export function clauseOf({ algorithm, lock }: Rung): string {
  return `ALGORITHM=${algorithm}${lock === undefined ? '' : `, LOCK=${lock}`}`;
}

/**
 * The clause goes first, so that a comment at the end of the change cannot swallow it; the grammar wants no
 * comma between it and PARTITION BY or REMOVE PARTITIONING.
 * @param clause absent if the server takes none (MariaDB's partition management)
 */
export function alterSql(quotedTable: string, clause: string | undefined, spec: string): string {
  if (clause === undefined) return `ALTER TABLE ${quotedTable} ${spec}`;
  return `ALTER TABLE ${quotedTable} ${clause}${startsWithPartitionBy(spec) ? ' ' : ', '}${spec}`;
}
