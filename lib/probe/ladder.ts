import type { ServerFacts } from '../inspect/server.js';
import { readShape, type TableShape } from '../inspect/shape.js';
import { isClassRefused, isSyntaxError, type ServerError } from '../mysql/errors.js';
import type { CostClass } from '../plan/plan.js';
import { partitionManagement } from '../sql/partition-clause.js';
import { quoteTable } from '../sql/quote.js';
import type { AlterStatement } from '../sql/statement.js';
import { buildsIndex, type Difference, differenceOf } from './difference.js';
import { alterSql, clauseOf, type Rung, rungsOf } from './rungs.js';
import type { Scratch } from './scratch.js';
import { readTablespaces } from './tablespaces.js';

export interface Climb {
  class: CostClass;
  /** What the real ALTER has to assert; absent where the server takes no clause. */
  clause?: string;
  /** The table is written anew. */
  rebuilds: boolean;
  before: TableShape;
  after: TableShape;
  difference: Difference;
  /** Why the cheaper rungs were refused, in the server's words. */
  refused: readonly { clause: string; text: string }[];
}

/**
 * Runs the change on an empty clone, from the cheapest ALGORITHM and LOCK upwards, and takes the first that the
 * server accepts and really does: a rung below COPY that wrote the table anew behind our back does not count
 * where the server has a cheaper word for it (MariaDB accepts INSTANT for a copy).
 * @param atLeast the rung to start from, where the real table has refused the ones below
 * @throws the server's error where the change fails for another reason than its class
 */
export async function climb(
  scratch: Scratch,
  server: ServerFacts,
  statement: AlterStatement,
  above?: string,
): Promise<Climb> {
  const managed = server.flavor === 'mariadb' ? partitionManagement(statement.clauses) : undefined;
  if (managed !== undefined) return manage(scratch, server, statement, managed);
  const refused: { clause: string; text: string }[] = [];
  const ladder = rungsOf(server);
  const start = above === undefined ? 0 : ladder.findIndex((rung) => clauseOf(rung) === above) + 1;
  let last: ServerError | undefined;
  for (const rung of ladder.slice(start)) {
    const clause = clauseOf(rung);
    try {
      const run = await alterClone(scratch, server, statement, clause);
      if (run.rebuilds && isBelowRebuild(rung)) {
        refused.push({ clause, text: 'accepted, but the server wrote the whole table anew' });
        continue;
      }
      return { ...run, class: classOf(rung, run.rebuilds, run.difference, server), clause, refused };
    } catch (error) {
      if (!isClassRefused(error) && !isUnknownWord(error, rung)) throw error;
      refused.push({ clause, text: error.message });
      last = error;
    }
  }
  throw last ?? new Error('an empty ladder');
}

/** INSTANT and NOCOPY promise that nothing is rewritten. */
function isBelowRebuild(rung: Rung): boolean {
  return rung.algorithm === 'INSTANT' || rung.algorithm === 'NOCOPY';
}

/** MySQL 5.7 and 8.0.11 do not know INSTANT: 1064 or 1800. A real syntax error comes back on the next rung. */
function isUnknownWord(error: unknown, rung: Rung): error is ServerError {
  return isSyntaxError(error) && isBelowRebuild(rung);
}

async function alterClone(
  scratch: Scratch,
  server: ServerFacts,
  { spec, renames }: AlterStatement,
  clause: string | undefined,
) {
  const clone = await scratch.fresh();
  const before = await readShape(scratch.session, clone);
  const spacesBefore = await readTablespaces(scratch.session, server, scratch.spacePattern);
  await scratch.session.execute(alterSql(quoteTable(clone), clause, spec));
  const after = await readShape(scratch.session, clone);
  const spacesAfter = await readTablespaces(scratch.session, server, scratch.spacePattern);
  return {
    before,
    after,
    difference: differenceOf(before, after, renames),
    rebuilds: spacesBefore !== spacesAfter,
  };
}

function classOf(rung: Rung, rebuilds: boolean, difference: Difference, server: ServerFacts): CostClass {
  if (rung.algorithm === 'INSTANT') return 'instant';
  if (rung.algorithm === 'COPY') return rung.lock === 'NONE' ? 'online-copy' : 'copy';
  if (rung.lock !== 'NONE') return 'shared';
  if (rebuilds) return 'rebuild';
  // MariaDB has INSTANT for what is metadata only: NOCOPY reads the table, but for dropped indexes and columns.
  const onlyDrops = difference.columnsChanged.length === 0 && difference.indexesDropped.length > 0;
  const scans = buildsIndex(difference) || (server.flavor === 'mariadb' && !onlyDrops);
  return scans ? 'scan' : 'metadata';
}

/**
 * MariaDB takes no ALGORITHM beside ADD, DROP, REORGANIZE, REBUILD and COALESCE PARTITION (1064 or 1846), so
 * nothing can be asserted: adding and dropping are cheap, the others copy the partitions they touch.
 */
async function manage(
  scratch: Scratch,
  server: ServerFacts,
  statement: AlterStatement,
  kind: 'add' | 'drop' | 'copying',
): Promise<Climb> {
  const run = await alterClone(scratch, server, statement, undefined);
  return { ...run, class: kind === 'copying' ? 'copy' : 'metadata', refused: [] };
}
