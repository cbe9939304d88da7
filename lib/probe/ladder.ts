import type { CostClass } from '../documents/plan.js';
import { assertsPartitionClauses, copiesOnline } from '../inspect/capabilities.js';
import type { ServerFacts } from '../inspect/server.js';
import { isClassRefused, isRefusal, isSyntaxError, type ServerError } from '../mysql/errors.js';
import { escapeRegExp, quoteTable, type TableName } from '../sql/names.js';
import { partitionManagement, startsWithPartitionBy } from '../sql/partition-clause.js';
import type { AlterStatement } from '../sql/statement.js';
import { partsOf } from '../table/definition.js';
import { piecesOf } from '../table/forms.js';
import { readShape, type TableShape } from '../table/shape.js';
import { buildsIndex, type Difference, differenceOf } from './difference.js';
import type { Scratch } from './scratch.js';
import { hasBuiltIndex, isRewritten, readStorage, type Storage } from './storage.js';

export interface Climb {
  class: CostClass;
  /** What the real ALTER has to assert; absent if the server takes no clause. */
  clause?: string;
  /** The whole table is rewritten. */
  rebuilds: boolean;
  before: TableShape;
  after: TableShape;
  difference: Difference;
  /** Why the cheaper rungs were refused, in the server's words. */
  refused: readonly { clause: string; text: string }[];
}

/** The server refuses the change for another reason than its class. */
interface Refusal {
  error: ServerError;
}

/**
 * Runs the change on an empty clone, from the cheapest ALGORITHM and LOCK upwards, and takes the first rung that the server
 * accepts and honors: INSTANT or NOCOPY does not count if the server rewrote the table (MariaDB accepts INSTANT for a
 * copy).
 * @param above the rung that the real table has refused
 */
export async function climb(
  scratch: Scratch,
  server: ServerFacts,
  statement: AlterStatement,
  above?: string,
): Promise<Climb | Refusal> {
  const managed = assertsPartitionClauses(server) ? undefined : partitionManagement(statement.clauses);
  if (managed !== undefined) return manage(scratch, server, statement, managed);
  const refused: { clause: string; text: string }[] = [];
  const ladder = rungsOf(server);
  const start = above === undefined ? 0 : ladder.findIndex((rung) => clauseOf(rung) === above) + 1;
  let clone = await look(scratch, server);
  let last: ServerError | undefined;
  for (const rung of ladder.slice(start)) {
    const clause = clauseOf(rung);
    // A refused ALTER leaves the clone as it was.
    const error = await attempt(scratch, alterSql(quoteTable(clone.name), clause, statement.spec));
    if (error === undefined) {
      const run = await compare(scratch, server, clone, statement);
      if (!run.rebuilds || !isBelowRebuild(rung)) {
        const costClass = classOf(rung, above === undefined ? run : undefined, statement);
        return { ...run, class: costClass, clause, refused };
      }
      refused.push({ clause, text: 'accepted, but the server rewrote the whole table' });
      clone = await look(scratch, server);
    } else {
      if (!isClassRefused(error) && !isUnknownWord(error, rung)) return { error };
      refused.push({ clause, text: error.message });
      last = error;
    }
  }
  if (last === undefined) throw new Error('an empty ladder');
  return { error: last };
}

/** INSTANT and NOCOPY promise that nothing is rewritten. */
function isBelowRebuild(rung: Rung): boolean {
  return rung.algorithm === 'INSTANT' || rung.algorithm === 'NOCOPY';
}

/** MySQL 5.7 and 8.0.11 do not know INSTANT: 1064 or 1800. A real syntax error comes back on the next rung. */
function isUnknownWord(error: unknown, rung: Rung): error is ServerError {
  return isSyntaxError(error) && isBelowRebuild(rung);
}

interface Clone {
  name: TableName;
  shape: TableShape;
  storage: Storage;
}

async function look(scratch: Scratch, server: ServerFacts): Promise<Clone> {
  const name = await scratch.fresh();
  const shape = await readShape(scratch.session, name);
  return { name, shape, storage: await readStorage(scratch.session, server, name) };
}

/** @returns the error if the server refuses the statement */
export async function attempt({ session }: Scratch, sql: string): Promise<ServerError | undefined> {
  try {
    await session.execute(sql);
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

/** What became of the clone. */
interface Run {
  before: TableShape;
  after: TableShape;
  difference: Difference;
  rebuilds: boolean;
  /** Absent if the server does not show it. */
  builtIndex?: boolean;
}

async function compare(
  { session }: Scratch,
  server: ServerFacts,
  { name, shape: before, storage }: Clone,
  { renames }: AlterStatement,
): Promise<Run> {
  const after = await readShape(session, name);
  const now = await readStorage(session, server, name);
  const builtIndex = hasBuiltIndex(storage, now);
  return {
    before,
    after,
    difference: differenceOf(before, after, renames),
    rebuilds: isRewritten(storage, now),
    ...(builtIndex !== undefined && { builtIndex }),
  };
}

/** @param run absent if the clone does not show what the rung costs: the real table has something that it lacks */
function classOf({ algorithm, lock }: Rung, run: Run | undefined, { clauses }: AlterStatement): CostClass {
  if (algorithm === 'INSTANT') return 'instant';
  if (algorithm === 'COPY') return lock === 'NONE' ? 'online-copy' : 'copy';
  if (lock !== 'NONE') return 'shared';
  if (run === undefined) return algorithm === 'NOCOPY' ? 'scan' : 'rebuild';
  if (run.rebuilds) return 'rebuild';
  return (run.builtIndex ?? buildsIndex(run.difference, clauses)) ? 'scan' : 'metadata';
}

/**
 * No LOCK is taken beside ADD, DROP, REORGANIZE, REBUILD and COALESCE PARTITION there (1064 or 1846), so
 * nothing can be asserted: adding and dropping are cheap, the others copy the partitions they touch.
 */
async function manage(
  scratch: Scratch,
  server: ServerFacts,
  statement: AlterStatement,
  kind: 'add' | 'drop' | 'copying',
): Promise<Climb | Refusal> {
  const clone = await look(scratch, server);
  const error = await attempt(scratch, alterSql(quoteTable(clone.name), undefined, statement.spec));
  if (error !== undefined) return { error };
  const run = await compare(scratch, server, clone, statement);
  const copies = kind === 'copying';
  return { ...run, class: copies ? 'copy' : 'metadata', refused: [] };
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
  if (server.flavor !== 'mariadb') return mysqlRungs;
  const onlineCopy = copiesOnline(server);
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
 * @param clause absent if the server takes none (MariaDB's partition management)
 */
export function alterSql(quotedTable: string, clause: string | undefined, spec: string): string {
  if (clause === undefined) return `ALTER TABLE ${quotedTable} ${spec}`;
  return `ALTER TABLE ${quotedTable} ${clause}${startsWithPartitionBy(spec) ? ' ' : ', '}${spec}`;
}

/**
 * An index or constraint that a clause adds without a name gets one from the server, and a second run would add it again
 * under another. If nothing else has changed, it is in place already.
 * @param clauses those of the statement
 * @returns what is in place, by its name; empty if the statement changed anything else
 */
export function duplicates(before: string, after: string, clauses: readonly string[]): string[] {
  const [was, is] = [piecesOf(before), piecesOf(after)];
  const added = partsOf(after).filter(({ sql }) => !was.includes(sql));
  if (is.length !== was.length + added.length || was.some((piece) => !is.includes(piece))) return [];
  const found = added.map((part) => {
    const twin = partsOf(before).find(({ what, body }) => what === part.what && body === part.body);
    const isNamed = part.what === 'column' || clauses.some((clause) => names(clause, part.name));
    return isNamed || twin === undefined ? undefined : `${part.body} is there, as ${twin.name}`;
  });
  return found.every((text) => text !== undefined) ? found : [];
}

/** Whether the clause itself gives the name: `ADD INDEX k (a)`, `ADD CONSTRAINT c CHECK (…)`. */
export function names(clause: string, name: string): boolean {
  const literal = escapeRegExp(name);
  return new RegExp(
    `\\b(?:INDEX|KEY|UNIQUE|FULLTEXT|SPATIAL|EXISTS|CONSTRAINT)\\s+(?:\`${literal}\`|${literal}(?![\\w$]))`,
    'iu',
  ).test(clause);
}
