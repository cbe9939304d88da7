import { accept, fixOrAccept, standingDangers } from '../checks/shared/accept.js';
import type { PlannedPlain, PlannedStatement } from '../documents/plan.js';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { resumingDangers } from '../runs/resuming.js';
import { isPiecemeal, type PlainStatement, type Statement, writesRows } from '../sql/statement.js';
import { codeOf, hasKeyword } from '../sql/tokens.js';
import { type PlanningContext, tableNamed } from './context.js';
import { isSet } from './earlier.js';
import { plainFingerprint } from './fingerprint.js';
import { acceptedIds } from './request.js';

/** Why a statement is nothing to do: the record of a run says that it was done. */
export const recordedId = 'recorded';

/** A statement that an earlier run has done is nothing to do. @returns undefined if it was not done */
export function recordedStatement(
  statement: Statement,
  index: number,
  { earlier, server, request }: PlanningContext,
): PlannedStatement | undefined {
  const by = earlier?.done.get(index);
  if (by === undefined || isSet(statement)) return undefined;
  const common = {
    sql: statement.sql,
    strategy: 'nothing',
    class: 'unknown',
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
    return { kind: 'plain', ...common, verb: statement.verb, touches, ...(table && { table }) };
  }
  const table = tableNamed(statement, request);
  const promise = { before: '', ordered: true, renames: [] };
  return { kind: 'alter', ...common, table, spec: statement.spec, promise };
}

/** A plain statement in a run that resumes another: what could do harm or have another meaning now is asked about. */
export function afterEarlier(
  planned: PlannedPlain,
  statement: PlainStatement,
  index: number,
  { earlier, request }: PlanningContext,
): PlannedPlain {
  if (earlier === undefined) return planned;
  const { run, done, doubts } = earlier;
  const ids = acceptedIds(request);
  const isInDoubt = doubts.has(index) && isHarmfulTwice(statement);
  if (isInDoubt && ids.includes(wasDone)) {
    const text = `Taken as done by run ${run}, since --accept ${wasDone} says so.`;
    return { ...planned, strategy: 'nothing', reasons: [{ id: wasDone, text }] };
  }
  const dangers: { id: string; text: string; fix: string; exitCode: ExitCode }[] = [];
  if (isInDoubt) {
    dangers.push({
      id: resumingDangers.perhapsDone,
      text: `Run ${run} did not learn what became of this statement: it may have been carried out, wholly or in part.`,
      fix: `Look at the rows that it writes. If it was carried out, --accept ${wasDone} continues after it.`,
      exitCode: exitCodes.unknown,
    });
  }
  if (planned.strategy === 'plain' && needsLostSession(request.statements, statement, index, done)) {
    dangers.push({
      id: resumingDangers.sessionLost,
      text: `It depends on the session of run ${run}, which is gone: it would read other values now.`,
      fix: 'Write the value itself instead.',
      exitCode: exitCodes.refused,
    });
  }
  const found = accept(
    dangers.map(({ id, text, fix }) => ({ id, level: 'danger', text, fix })),
    ids,
  );
  const checks = [...planned.checks, ...found];
  const open = dangers.find(({ id }) => !ids.includes(id));
  if (open === undefined) return { ...planned, checks };
  const { id, text, exitCode } = open;
  const refusal = { exitCode, next: fixOrAccept(standingDangers(found)) };
  return { ...planned, checks, strategy: 'refuse', reasons: [{ id, text }], refusal };
}

const wasDone = 'was-done';

/** What the server itself refuses or recognises the second time does no harm. */
function isHarmfulTwice(statement: PlainStatement): boolean {
  const { verb, tables } = statement;
  // Two tables that change places by way of a third change back.
  const isChain = tables.some(({ to }) => tables.some(({ table }) => table === to?.table));
  return (
    isPiecemeal(statement, tables.length) ||
    writesRows(verb) ||
    verb === 'TRUNCATE TABLE' ||
    (verb === 'RENAME TABLE' && isChain)
  );
}

/**
 * The session of the run that is resumed is gone: LAST_INSERT_ID() would be 0, and a SET that reads rows would read what
 * the statements since have made of them.
 */
function needsLostSession(
  statements: readonly Statement[],
  statement: PlainStatement,
  index: number,
  done: EarlierDone,
): boolean {
  // SET is said again in each run; changes of tables have sessions of their own.
  const others = statements.flatMap((each, at) => (each.kind === 'alter' || isSet(each) ? [] : [at]));
  // What nobody reads any more may be anything.
  if (isSet(statement) && others.every((at) => at < index || done.has(at))) return false;
  const last = others.findLast((at) => at < index);
  if (last !== undefined && done.has(last) && hasKeyword(statement.sql, ...ofSession)) return true;
  if (isSet(statement)) {
    const hasGoneOn = others.some((at) => at > index && done.has(at));
    return done.has(index) && hasGoneOn && isAnotherNow(statement.sql);
  }
  // What a statement that is not repeated has counted.
  const counted = new Set<string>();
  for (const [at, each] of statements.slice(0, index).entries()) {
    if (isSet(each)) for (const name of variablesOf(each.sql, false)) counted.delete(name);
    else if (done.has(at)) for (const name of variablesOf(each.sql, true)) counted.add(name);
  }
  return variablesOf(statement.sql, false).some((name) => counted.has(name));
}

type EarlierDone = Pick<ReadonlyMap<number, unknown>, 'has'>;

/** Whether what a SET says is another value the next time: it reads rows, or the clock, or something of its own kind. */
function isAnotherNow(sql: string): boolean {
  return hasKeyword(sql, 'SELECT') || (variablesOf(sql, false).length > 0 && hasKeyword(sql, ...volatile));
}

const ofSession = ['LAST_INSERT_ID', 'IDENTITY', 'ROW_COUNT', 'FOUND_ROWS'];

const volatile = `CONNECTION_ID LASTVAL NEXT NEXTVAL RAND RANDOM_BYTES UUID UUID_SHORT
  CURDATE CURTIME CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP
  NOW SYSDATE UNIX_TIMESTAMP UTC_DATE UTC_TIME UTC_TIMESTAMP`.split(/\s+/);

/** The user variables that a statement names, or only those to which it assigns by `:=`. */
function variablesOf(sql: string, assigned: boolean): string[] {
  const tokens = codeOf(sql);
  return tokens.flatMap((token, at) => {
    const isVariable = tokens[at - 1]?.text === '@' && tokens[at - 2]?.text !== '@';
    if (!isVariable || (assigned && tokens[at + 1]?.text !== ':')) return [];
    return token.text.replace(/^[`'"]|[`'"]$/g, '').toLowerCase();
  });
}
