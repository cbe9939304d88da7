import type { Test } from 'tap';
import type { PlannedAlter } from '../../lib/documents/plan.js';
import { hasDataDictionary } from '../../lib/inspect/capabilities.js';
import { inspectServer, type ServerFacts } from '../../lib/inspect/server.js';
import { isClassRefused, isLockWaitTimeout, isServerError, isSyntaxError } from '../../lib/mysql/errors.js';
import { openSession, type Session } from '../../lib/mysql/session.js';
import { makePlan } from '../../lib/plan/make-plan.js';
import { isRewritten, readStorage, type Storage } from '../../lib/probe/storage.js';
import { alterSql, clauseOf, rungsOf } from '../../lib/probe/trial.js';
import { readTableState } from '../../lib/verify/definition.js';
import type { ServerKind } from '../sandbox/index.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { type Change, type Code, changes } from './changes.js';
import { deadScratch } from './leftovers.js';
import { plannedAlter } from './planned.js';
import { requestFor } from './request.js';
import { connectionTo, rowsNotAsked } from './settings.js';
import { makeNumbers, makeTable } from './tables.js';
import { until } from './until.js';

/**
 * Plans every change on a filled table and then makes it for real, with exactly the promised clause: the table
 * has to accept it, to be written anew if and only if that was promised, to look as promised, and to refuse every
 * cheaper clause.
 */
export async function matrix(t: Test, kind: ServerKind): Promise<void> {
  await forEachServer(t, [kind], async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeNumbers(schema);
    const session = await openSession(connectionTo(server));
    t.teardown(() => session.close());
    const facts = await inspectServer(session);
    const place = { schema, server, session, facts };
    let tried = 0;
    for (const change of changes) {
      const code = change.codes[kind];
      if (code === '?') continue;
      t.same(await faultsOf(change, code, place), [], `${change.table}: ${change.alter}`);
      tried++;
    }
    t.ok(tried >= 60, `${tried} changes`);
  });
}

type KnownCode = Exclude<Code, '?'>;

interface Place {
  schema: Schema;
  server: TestServer;
  session: Session;
  facts: ServerFacts;
}

/** What the rows say is another matter, and that a partition goes with them is what some of the changes are about. */
const checks = { ...rowsNotAsked.checks, accept: ['rows-gone'] };

async function faultsOf({ table, alter }: Change, code: KnownCode, place: Place): Promise<string[]> {
  const { schema, server } = place;
  await makeTable(schema, table);
  const plan = await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`, { checks }));
  const planned = plannedAlter(plan);
  const left = await deadScratch(schema);
  const faults = left.map((name) => `left behind: ${name}`);
  const { strategy, class: costClass, reasons } = planned;
  const said = `${strategy} (${costClass}: ${reasons.map(({ text }) => text).join(' ')})`;
  if (code === '!')
    return [...faults, ...(strategy === 'refuse' ? await refusedToo(planned, place) : [said])];
  if (code === '~')
    return [...faults, ...(strategy === 'refuse' ? await changesNothing(planned, place) : [said])];
  if (code === '=')
    return [...faults, ...(strategy === 'nothing' ? await changesNothing(planned, place) : [said])];
  const { costs, rebuilds, strategies } = codes[code];
  if (costClass !== costs || !strategies.includes(strategy)) return [...faults, said];
  return [
    ...faults,
    ...(await cheaperAreRefused(planned, table, place)),
    ...(await keeps(planned, rebuilds, place)),
  ];
}

const codes: Record<
  Exclude<KnownCode, '=' | '~' | '!'>,
  { costs: PlannedAlter['class']; rebuilds: boolean; strategies: readonly PlannedAlter['strategy'][] }
> = {
  I: { costs: 'instant', rebuilds: false, strategies: ['instant'] },
  M: { costs: 'metadata', rebuilds: false, strategies: ['instant'] },
  S: { costs: 'scan', rebuilds: false, strategies: ['inplace'] },
  R: { costs: 'rebuild', rebuilds: true, strategies: ['inplace'] },
  B: { costs: 'shared', rebuilds: false, strategies: ['copy'] },
  W: { costs: 'shared', rebuilds: true, strategies: ['copy'] },
  C: { costs: 'copy', rebuilds: true, strategies: ['copy'] },
  O: { costs: 'online-copy', rebuilds: true, strategies: ['inplace'] },
};

const sqlOf = ({ table, clause, spec }: PlannedAlter) =>
  alterSql(`${table.schema}.${table.name}`, clause, spec);

/** The change is made as promised, and leaves what was promised. */
async function keeps(planned: PlannedAlter, rebuilds: boolean, place: Place): Promise<string[]> {
  const { session } = place;
  const before = await storageOf(planned, place);
  const indexes = await indexIds(planned, place);
  const error = await attempt(session, sqlOf(planned));
  if (error !== undefined) return [`${planned.clause} is refused: ${error}`];
  const faults: string[] = [];
  const built = await newIndexes(indexes, planned, place);
  if (planned.class === 'scan' && built === 0) faults.push('no index was built');
  if (planned.strategy === 'instant' && built) faults.push(`${built} indexes were built`);
  const rebuilt = isRewritten(before, await storageOf(planned, place));
  if (rebuilt !== rebuilds) faults.push(rebuilt ? 'written anew' : 'not written anew');
  const verified = await readTableState(session, planned);
  if (verified.state !== 'as-promised') {
    faults.push(
      `${verified.state}; promised:\n${planned.promise.after}\n${'now' in verified ? verified.now : ''}`,
    );
  }
  return faults;
}

function storageOf({ table }: PlannedAlter, { session, facts }: Place): Promise<Storage> {
  return readStorage(session, facts, table);
}

interface IndexId {
  space: number;
  id: number;
}

/** Undefined where InnoDB does not show the indexes (of partitions, on MySQL 8 and up). */
async function newIndexes(
  before: readonly IndexId[],
  planned: PlannedAlter,
  place: Place,
): Promise<number | undefined> {
  if (before.length === 0) return undefined;
  const now = await indexIds(planned, place);
  // Those of a partition that was added are no work.
  const old = now.filter(({ space }) => before.some((index) => index.space === space));
  return old.filter(({ id }) => !before.some((index) => index.id === id)).length;
}

async function indexIds({ table }: PlannedAlter, { session, facts }: Place): Promise<IndexId[]> {
  const prefix = hasDataDictionary(facts) ? 'INNODB' : 'INNODB_SYS';
  const sql = `SELECT i.INDEX_ID AS id, i.SPACE AS space FROM information_schema.${prefix}_INDEXES i
                 JOIN information_schema.${prefix}_TABLES t ON t.TABLE_ID=i.TABLE_ID
                WHERE t.NAME=? OR t.NAME LIKE ?`;
  const path = `${table.schema}/${table.name}`;
  return until(
    'the ids of the indexes can be read',
    async () => {
      try {
        return await session.rows<IndexId>(sql, [path, `${path}#%`]);
      } catch (error) {
        if (!isLockWaitTimeout(error)) throw error; // it looks at every table of the server, which others alter
        return undefined;
      }
    },
    { limitMs: 120_000, everyMs: 0 },
  );
}

/** A rung that is accepted, and copies the table behind our back, is none: the table is made anew then. */
async function cheaperAreRefused(
  planned: PlannedAlter,
  table: Change['table'],
  place: Place,
): Promise<string[]> {
  const { session, facts, schema } = place;
  const clauses = rungsOf(facts).map(clauseOf);
  const cheaper = planned.clause === undefined ? clauses : clauses.slice(0, clauses.indexOf(planned.clause));
  for (const clause of cheaper) {
    const before = await storageOf(planned, place);
    try {
      await session.execute(sqlOf({ ...planned, clause }));
    } catch (error) {
      if (isClassRefused(error) || isSyntaxError(error)) continue;
      return [`${clause}: ${error}`];
    }
    const copied = isRewritten(before, await storageOf(planned, place));
    if (!copied || !/INSTANT|NOCOPY/.test(clause))
      return [`${clause} would have done, cheaper than ${planned.clause}`];
    await makeTable(schema, table);
  }
  return [];
}

/** What a clone refuses, the table refuses, with the same number: that of the first rung that says so. */
async function refusedToo(planned: PlannedAlter, { session, facts }: Place): Promise<string[]> {
  const said = planned.reasons[0]?.text ?? '';
  const errno = /^The server says \((\d+)\)/.exec(said)?.[1];
  for (const clause of rungsOf(facts).map(clauseOf)) {
    const error = await attempt(session, sqlOf({ ...planned, clause }));
    if (error?.startsWith(`${errno} `)) return [];
    if (error === undefined) break;
  }
  return [`${said} The table does not say so.`];
}

async function changesNothing(planned: PlannedAlter, { session }: Place): Promise<string[]> {
  const error = await attempt(session, sqlOf({ ...planned, clause: 'ALGORITHM=DEFAULT' }));
  if (error !== undefined) return [error];
  const { state } = await readTableState(session, planned);
  return state === 'as-before' ? [] : [`nothing was promised, and it is ${state}`];
}

async function attempt(session: Session, sql: string): Promise<string | undefined> {
  try {
    await session.execute(sql);
    return undefined;
  } catch (error) {
    if (isServerError(error)) return `${error.errno} ${error.message}`;
    throw error;
  }
}
