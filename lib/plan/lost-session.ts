import { accept } from '../checks/shared/accept.js';
import type { Check, PlannedPlain } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { resumingDangers } from '../runs/resuming.js';
import { hasKeyword } from '../sql/cursor.js';
import { lex } from '../sql/lexer.js';
import type { PlainStatement, Statement } from '../sql/statement.js';
import type { PlanningContext } from './context.js';
import { acceptedIds } from './request.js';

/**
 * If a run resumes another, the session of the other is gone: LAST_INSERT_ID() would be 0, and a SET that
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
    text: `It depends on the session of run ${earlier.run}, which is gone: it would read other values now.`,
    fix: 'Write the value itself instead.',
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
  const counted = new Set<string>();
  for (const [at, each] of statements.slice(0, index).entries()) {
    if (each.kind === 'plain' && each.verb === 'SET')
      for (const name of variablesOf(each.sql, false)) counted.delete(name);
    else if (isDone(at)) for (const name of variablesOf(each.sql, true)) counted.add(name);
  }
  if (!isSet && variablesOf(statement.sql, false).some((name) => counted.has(name))) return true;
  const hasGoneOn = others.some((at) => at > index && isDone(at));
  return isSet && isDone(index) && hasGoneOn && isAnotherNow(statement.sql);
}

/** Whether what a SET says is another value the next time: it reads rows, or the clock, or something of its own kind. */
function isAnotherNow(sql: string): boolean {
  return hasKeyword(sql, 'SELECT') || (variablesOf(sql, false).length > 0 && hasKeyword(sql, ...volatile));
}

const volatile = [
  ...['CONNECTION_ID', 'LASTVAL', 'NEXT', 'NEXTVAL', 'RAND', 'RANDOM_BYTES', 'UUID', 'UUID_SHORT'],
  ...[
    'CURDATE',
    'CURTIME',
    'CURRENT_DATE',
    'CURRENT_TIME',
    'CURRENT_TIMESTAMP',
    'LOCALTIME',
    'LOCALTIMESTAMP',
  ],
  ...['NOW', 'SYSDATE', 'UNIX_TIMESTAMP', 'UTC_DATE', 'UTC_TIME', 'UTC_TIMESTAMP'],
];

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
