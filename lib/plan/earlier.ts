import { createHash } from 'node:crypto';
import { accept } from '../checks/shared/accept.js';
import type { Check, PlannedPlain, PlannedStatement } from '../documents/plan.js';
import type { TimedLine } from '../documents/record.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { ServerFacts } from '../inspect/server.js';
import type { Session } from '../mysql/session.js';
import { pointerPath, readIfThere, readRecord, recordPath } from '../runs/record.js';
import { resumingDangers } from '../runs/resuming.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { isPiecemeal, type PlainStatement, type Statement } from '../sql/statement.js';
import { readDefinitionHashes } from '../table/forms.js';
import { type EarlierRun, type PlanningContext, tableNamed } from './context.js';
import { plainFingerprint } from './fingerprint.js';
import { acceptedIds, type Request } from './request.js';

/**
 * What an earlier run of the same statements has done already, if the tables are still as it left them.
 * @throws {Fault} exit code 10 where they are not, and statements were done that would do harm if they were repeated
 */
export async function findEarlier(
  request: Request,
  session: Session,
  server: ServerFacts,
): Promise<EarlierRun | undefined> {
  const { statements, settings } = request;
  // A change by itself is recognised on the table, whoever made it.
  if (statements.length === 1 && statements[0]?.kind === 'alter') return undefined;
  const key = migrationKey(server, settings.connection.database, statements);
  const earlier = await readEarlierRun(settings.stateDir, key, statements);
  if (earlier === undefined || acceptedIds(request).includes(changedSince)) return earlier;
  const repeatable = statements.every(
    ({ kind }, index) => kind === 'alter' || !(earlier.done.has(index) || earlier.doubts.has(index)),
  );
  if (earlier.edited !== undefined) {
    if (repeatable) return undefined;
    throw editedStatement(earlier, earlier.edited);
  }
  const now = await readDefinitionHashes(
    session,
    earlier.tables.map(({ table }) => table),
  );
  const changed = now.filter(({ definition }, i) => definition !== earlier.tables[i]?.definition);
  if (changed.length === 0) return earlier;
  if (repeatable) return undefined;
  throw changedTables(
    earlier,
    changed.map(({ table }) => table),
    statements.length,
  );
}

const changedSince = 'changed-since';

function changedTables({ run, done, path }: EarlierRun, tables: readonly TableName[], all: number): Fault {
  const labels = tables.map(tableLabel).join(', ');
  return new Fault(
    `Run ${run} did ${done.size} of ${all} statements, and ${labels} was changed since by somebody else.`,
    {
      id: changedSince,
      exitCode: exitCodes.drifted,
      next: `To continue after those that were done: --accept ${changedSince}. To run all of them again: remove ${path}`,
    },
  );
}

function editedStatement({ run, path }: EarlierRun, index: number): Fault {
  return new Fault(`Statement ${index + 1} was done by run ${run} with another text than it has now.`, {
    id: changedSince,
    exitCode: exitCodes.drifted,
    next: `Put its text back. Or take it as done: --accept ${changedSince}. To run all of them again: remove ${path}`,
  });
}

/**
 * A statement that an earlier run has done: nothing to do. What SET says belongs to the session, and is said again.
 * @returns undefined where it was not done
 */
export function recordedStatement(
  statement: Statement,
  index: number,
  { earlier, server, request }: PlanningContext,
): PlannedStatement | undefined {
  const by = earlier?.done.get(index);
  if (by === undefined || isForSession(statement)) return undefined;
  const common = {
    sql: statement.sql,
    strategy: 'nothing',
    reasons: [{ id: recordedId, text: `Done by run ${by.run} at ${by.at}, as its record says.` }],
    rejected: [],
    estimate: { rough: true },
    checks: [],
    sentence: 'Nothing is done, and nobody notices.',
    fingerprint: plainFingerprint(server, statement.sql, request.settings.connection.database),
  } as const;
  if (statement.kind === 'plain') {
    const touches = statement.tables.map((table) => tableNamed(table, request));
    const [table] = touches;
    return {
      kind: 'plain',
      ...common,
      class: 'unknown',
      verb: statement.verb,
      touches,
      ...(table && { table }),
    };
  }
  return {
    kind: 'alter',
    ...common,
    class: 'unknown',
    table: tableNamed(statement, request),
    spec: statement.spec,
    promise: { before: '', ordered: true, renames: [] },
  };
}

function isForSession(statement: Statement): boolean {
  return statement.kind === 'plain' && statement.verb === 'SET';
}

/** A statement that was begun by an earlier run, and perhaps carried out: repeated, it might do its work twice. */
export function inDoubt(
  planned: PlannedPlain,
  statement: PlainStatement,
  index: number,
  { earlier, request }: PlanningContext,
): PlannedPlain {
  if (!earlier?.doubts.has(index) || !isHarmfulTwice(statement)) return planned;
  const accepted = acceptedIds(request);
  if (accepted.includes(wasDone)) {
    const text = `Taken as done by run ${earlier.run}, since --accept ${wasDone} says so.`;
    return { ...planned, strategy: 'nothing', reasons: [{ id: wasDone, text }] };
  }
  const danger: Check = {
    id: resumingDangers.perhapsDone,
    level: 'danger',
    text: `Run ${earlier.run} did not learn what became of this statement: it may have been carried out, wholly or in part.`,
    fix: `Look at the rows that it writes. --accept ${resumingDangers.perhapsDone} runs it again; --accept ${wasDone} continues after it.`,
  };
  const checks = [...planned.checks, ...accept([danger], accepted)];
  if (accepted.includes(danger.id)) return { ...planned, checks };
  return {
    ...planned,
    checks,
    strategy: 'refuse',
    reasons: [{ id: danger.id, text: danger.text }],
    refusal: { exitCode: exitCodes.unknown, next: danger.fix ?? '' },
  };
}

const wasDone = 'was-done';

/** What the server itself refuses or recognises the second time does no harm. */
function isHarmfulTwice(statement: PlainStatement): boolean {
  const { verb, tables } = statement;
  if (isPiecemeal(statement, tables.length)) return true;
  // Two tables that change places by way of a third change back.
  const isChain = tables.some(({ to }) => tables.some(({ table }) => table === to?.table));
  return (
    ['INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'TRUNCATE TABLE'].includes(verb) ||
    (verb === 'RENAME TABLE' && isChain)
  );
}

/** Why a statement is nothing to do: the record of a run says that it was done. */
export const recordedId = 'recorded';

/**
 * @param statements as they are now: an earlier run counts as far as they are the same, so that one can be fixed
 * where it failed
 * @returns undefined where these statements were never run from here, or nothing of them was done
 */
export async function readEarlierRun(
  stateDir: string,
  migration: string,
  statements: readonly Statement[],
): Promise<EarlierRun | undefined> {
  const run = await readIfThere(pointerPath(stateDir, migration));
  if (run === undefined) return undefined;
  const lines = await readRecord(stateDir, run);
  return lines && earlierRun(run, recordPath(stateDir, run), lines, statements);
}

/**
 * A migration is known by its first statement, its server, and its default schema. Many files begin with the same SET,
 * which is passed over.
 */
export function migrationKey(
  server: Pick<ServerFacts, 'uuid' | 'host'>,
  database: string | undefined,
  statements: readonly Statement[],
): string {
  const first = statements.find((each) => each.kind === 'alter' || each.verb !== 'SET') ?? statements[0];
  return hash(JSON.stringify([server.uuid ?? server.host, database, first?.sql])).slice(0, 32);
}

export function statementHash({ sql }: Statement): string {
  return hash(sql);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function earlierRun(
  run: string,
  path: string,
  lines: readonly TimedLine[],
  now: readonly Statement[],
): EarlierRun | undefined {
  const [begin] = lines;
  if (begin?.type !== 'begin') return undefined;
  const done = new Map(begin.carried?.done.map(({ index, ...by }) => [index, by]));
  const doubts = new Set(begin.carried?.doubts);
  const tables = new Map(begin.carried?.tables.map((each) => [JSON.stringify(each.table), each]));
  for (const line of lines) {
    if (line.type === 'start') {
      doubts.add(line.index);
      // What it makes of its tables is known when it has ended.
      for (const table of line.tables) tables.delete(JSON.stringify(table));
    }
    if (line.type !== 'end' || line.outcome === 'unknown') continue;
    doubts.delete(line.index);
    const isDone = line.exitCode === 0 && (line.outcome === 'done' || line.outcome === 'nothing');
    if (isDone && !done.has(line.index)) done.set(line.index, { run, at: line.at });
    for (const each of line.tables) tables.set(JSON.stringify(each.table), each);
  }
  if (done.size === 0 && doubts.size === 0) return undefined;
  const edited = [...done.keys()].find((index) => isOther(now[index], begin.statements[index]));
  return {
    run,
    path,
    done,
    doubts,
    ...(edited !== undefined && { edited }),
    tables: [...tables.values()],
  };
}

/** What SET says is said again anyway. */
function isOther(now: Statement | undefined, was: string | undefined): boolean {
  if (now === undefined) return true;
  return statementHash(now) !== was && !(now.kind === 'plain' && now.verb === 'SET');
}
