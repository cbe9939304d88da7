import { runDirectly } from './direct/run.js';
import { exitCodes, Fault } from './fault.js';
import { runThroughGhost } from './ghost/run.js';
import { inspectServer } from './inspect/server.js';
import { makePlan } from './make-plan.js';
import { withSession } from './mysql/session.js';
import { outcome } from './plan/outcome.js';
import type { Plan, PlannedStatement } from './plan/plan.js';
import type { RunResult, StatementResult } from './plan/result.js';
import { tableLabel } from './plan/table-label.js';
import type { Request } from './request.js';
import { withRunLock } from './run-lock.js';
import { isAsPlanned, readTableState } from './verify/table-state.js';

/** Looks at the server and the table, and says what would be done. Changes nothing. */
export async function plan(request: Request): Promise<Plan> {
  const made = await makePlan(request);
  request.emit({ type: 'plan', plan: made });
  return made;
}

/** Plans everything, and then does what the plan says, one statement after the other, up to the first that fails. */
export async function run(request: Request): Promise<RunResult> {
  const made = await plan(request);
  const results: StatementResult[] = [];
  const refused = made.statements.find(({ strategy }) => strategy === 'refuse');
  for (const [index, statement] of made.statements.entries()) {
    const stopped = results.some(({ exitCode }) => exitCode !== exitCodes.done);
    const result =
      stopped || (refused !== undefined && refused !== statement)
        ? notStarted(statement)
        : await endOf(statement, request, () => execute(statement, made, index, request));
    results.push(result);
    request.emit({ type: 'outcome', result });
  }
  const failed = results.find(({ exitCode }) => exitCode !== exitCodes.done);
  return {
    version: 1,
    run: request.run,
    plan: made.id,
    exitCode: failed?.exitCode ?? exitCodes.done,
    statements: results,
  };
}

/** Whatever is thrown while one statement runs is its ending: the statements before it have theirs already. */
async function endOf(
  statement: PlannedStatement,
  { emit }: Request,
  work: () => Promise<StatementResult>,
): Promise<StatementResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) {
      const { id, exitCode, state, next } = error;
      return outcome(statement, 'refused', {
        exitCode,
        reason: { id, text: error.message },
        state,
        ...(next !== undefined && { next }),
      });
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    emit({ type: 'warning', id: 'defect', table: tableLabel(statement.table), text });
    return outcome(statement, 'unknown', {
      exitCode: exitCodes.bug,
      reason: { id: 'defect', text: `This is a defect of alterwise: ${text.split('\n')[0]}` },
      state: `In what state ${tableLabel(statement.table)} is now is not known.`,
      next: 'Look at the table and at SHOW PROCESSLIST, and report the defect with the warning above.',
    });
  }
}

async function execute(
  statement: PlannedStatement,
  made: Plan,
  index: number,
  request: Request,
): Promise<StatementResult> {
  const settled = withoutWork(statement, request);
  if (settled !== undefined) return settled;
  return withRunLock(request.settings.connection, statement.table, () =>
    executeLocked(statement, made, index, request),
  );
}

async function executeLocked(
  statement: PlannedStatement,
  made: Plan,
  index: number,
  request: Request,
): Promise<StatementResult> {
  const { settings, emit, signal, hurry } = request;
  const server = await withSession(settings.connection, {}, async (session) => {
    const state = await readTableState(session, statement);
    return isAsPlanned(state, statement) ? inspectServer(session) : undefined;
  });
  if (server === undefined) return drifted(statement);
  const context = { settings, server, emit, signal, ...(hurry && { hurry }) };
  if (statement.strategy === 'gh-ost') return runThroughGhost(statement, made, context);
  const result = await runDirectly(statement, context);
  if (!('classRefused' in result)) return result;
  const again = await chooseAgain(statement, result.classRefused, index, request);
  return withoutWork(again.statement, request) ?? executeLocked(again.statement, again.plan, index, request);
}

/** The real table refuses what its clone accepted (row versions, hidden columns): the next class up, chosen anew. */
async function chooseAgain(
  { table, clause }: PlannedStatement,
  refusedWith: string,
  index: number,
  request: Request,
): Promise<{ statement: PlannedStatement; plan: Plan }> {
  const name = tableLabel(table);
  const text = `${name} refuses ${clause}: ${refusedWith}. Choosing again.`;
  request.emit({ type: 'warning', id: 'class-refused', table: name, text });
  const statements = request.statements.slice(index, index + 1);
  const made = await makePlan({ ...request, statements }, clause === undefined ? {} : { above: clause });
  request.emit({ type: 'plan', plan: made });
  const [statement] = made.statements;
  if (statement === undefined) throw new Error('a plan without its statement');
  return { statement, plan: made };
}

/** The endings that need no look at the server. */
function withoutWork(statement: PlannedStatement, { signal }: Request): StatementResult | undefined {
  if (statement.strategy === 'refuse') return refusal(statement);
  if (statement.strategy === 'nothing') return nothing(statement);
  return signal.aborted ? abortedBefore(statement) : undefined;
}

function refusal(statement: PlannedStatement): StatementResult {
  const [reason] = statement.reasons;
  return outcome(statement, 'refused', {
    ...(statement.refusal && { exitCode: statement.refusal.exitCode }),
    reason: reason ?? { id: 'refused', text: 'Refused.' },
    state: `${tableLabel(statement.table)} is as it was.`,
    ...(statement.refusal && { next: statement.refusal.next }),
  });
}

function nothing(statement: PlannedStatement): StatementResult {
  return outcome(statement, 'nothing', {
    reason: statement.reasons[0] ?? { id: 'in-place', text: 'Already in place.' },
    state: `${tableLabel(statement.table)} is as the statement wants it.`,
  });
}

function notStarted(statement: PlannedStatement): StatementResult {
  return outcome(statement, 'not-started', {
    reason: { id: 'not-started', text: 'Not started, because another statement did not end well.' },
    state: `${tableLabel(statement.table)} was not touched by it.`,
  });
}

function abortedBefore(statement: PlannedStatement): StatementResult {
  return outcome(statement, 'aborted', {
    reason: { id: 'aborted', text: 'Stopped on request before it began.' },
    state: `${tableLabel(statement.table)} is as it was.`,
  });
}

function drifted(statement: PlannedStatement): StatementResult {
  return outcome(statement, 'refused', {
    exitCode: exitCodes.drifted,
    reason: { id: 'drifted', text: 'The definition is no longer the one that the plan was made for.' },
    state: `This run changed nothing; somebody else has changed ${tableLabel(statement.table)}.`,
    next: 'Plan it again.',
  });
}
