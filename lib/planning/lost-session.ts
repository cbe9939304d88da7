import { exitCodes } from '../fault.js';
import { accept } from '../plan/accept.js';
import type { Check, PlannedPlain } from '../plan/plan.js';
import { resumingDangers } from '../plan/resuming.js';
import { hasKeyword } from '../sql/keywords.js';
import { lex } from '../sql/lexer.js';
import type { PlainStatement, Statement } from '../sql/statement.js';
import { acceptedIds, type PlanningContext } from './context.js';

/**
 * Where a run goes on after another, the session of the other is gone: LAST_INSERT_ID() would be 0, and a SET that
 * reads rows would read what the statements since have made of them. Such a statement is asked about.
 */
export function withoutSession(
  planned: PlannedPlain,
  statement: PlainStatement,
  index: number,
  { earlier, request }: PlanningContext,
): PlannedPlain {
  if (earlier === undefined || planned.strategy !== 'plain') return planned;
  const isDone = (at: number) => earlier.done.has(at);
  if (!isLost(request.statements, statement, index, isDone)) return planned;
  const danger: Check = {
    id: resumingDangers.sessionLost,
    level: 'danger',
    text: `It reads what run ${earlier.run} knew when it ran the statements before: now it would read something else.`,
    fix: `Write the value itself in its place.`,
  };
  const [check = danger] = accept([danger], acceptedIds(request));
  const checks = [...planned.checks, check];
  if (check.accepted) return { ...planned, checks };
  const next = `${danger.fix} Or run it all the same: --accept ${danger.id}`;
  return {
    ...planned,
    checks,
    strategy: 'refuse',
    reasons: [{ id: danger.id, text: danger.text }],
    refusal: { exitCode: exitCodes.refused, next },
  };
}

function isLost(
  statements: readonly Statement[],
  statement: PlainStatement,
  index: number,
  isDone: (index: number) => boolean,
): boolean {
  const isSet = statement.verb === 'SET';
  const others = statements.flatMap((each, at) => (isSaid(each) ? [] : [at]));
  // What nobody reads any more may be anything.
  if (isSet && others.every((at) => at < index || isDone(at))) return false;
  const last = others.findLast((at) => at < index);
  if (last !== undefined && isDone(last) && hasKeyword(statement.sql, ...ofSession)) return true;
  // What a statement that is not repeated has counted.
  const counted = others.flatMap((at) =>
    at < index && isDone(at) ? variablesOf(statements[at]?.sql ?? '', true) : [],
  );
  if (!isSet && variablesOf(statement.sql, false).some((name) => counted.includes(name))) return true;
  const hasGoneOn = others.some((at) => at > index && isDone(at));
  return isSet && isDone(index) && hasGoneOn && isAnotherNow(statement.sql);
}

/** Whether what a SET of user variables says is another value the next time: it reads rows, or calls something. */
function isAnotherNow(sql: string): boolean {
  if (hasKeyword(sql, 'SELECT')) return true;
  const tokens = lex(sql).filter(({ kind }) => kind !== 'comment');
  const calls = tokens.some(
    (token, at) => (token.kind === 'word' && tokens[at + 1]?.text === '(') || ofTime.test(token.text),
  );
  return calls && variablesOf(sql, false).length > 0;
}

const ofTime = /^(?:CURRENT_(?:TIMESTAMP|DATE|TIME|USER)|LOCALTIME(?:STAMP)?|UTC_(?:TIMESTAMP|DATE|TIME))$/i;

/** The user variables that a statement names, or only those to which it assigns by `:=`. */
function variablesOf(sql: string, assigned: boolean): string[] {
  const tokens = lex(sql).filter(({ kind }) => kind !== 'comment');
  return tokens.flatMap((token, at) => {
    const isVariable = tokens[at - 1]?.text === '@' && tokens[at - 2]?.text !== '@';
    if (!isVariable || (assigned && tokens[at + 1]?.text !== ':')) return [];
    return token.text.replace(/^[`'"]|[`'"]$/g, '').toLowerCase();
  });
}

const ofSession = ['LAST_INSERT_ID', 'IDENTITY', 'ROW_COUNT', 'FOUND_ROWS'];

/** SET is said again in each run; changes of tables have sessions of their own. */
function isSaid(statement: Statement): boolean {
  return statement.kind === 'alter' || statement.verb === 'SET';
}
