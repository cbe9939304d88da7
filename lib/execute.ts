import { runDirectly } from './direct/run.js';
import { abortedBefore, drifted, nothing, refusal } from './endings.js';
import { runThroughGhost } from './ghost/run.js';
import { inspectServer } from './inspect/server.js';
import { withSession } from './mysql/session.js';
import type { Plan, PlannedAlter, PlannedStatement } from './plan/plan.js';
import type { StatementResult } from './plan/result.js';
import { tableLabel } from './plan/table-label.js';
import { makePlan } from './planning/make-plan.js';
import type { Request } from './request.js';
import { withRunLock } from './run-lock.js';
import { isAsPlanned, readTableState } from './verify/table-state.js';

/** Changes one table, by the way that the plan has chosen. @param index of the statement in the request */
export async function executeAlter(
  statement: PlannedAlter,
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

/** The endings that need no look at the server. */
export function withoutWork(statement: PlannedStatement, { signal }: Request): StatementResult | undefined {
  if (statement.strategy === 'refuse') return refusal(statement);
  if (statement.strategy === 'nothing') return nothing(statement);
  return signal.aborted ? abortedBefore(statement) : undefined;
}

async function executeLocked(
  statement: PlannedAlter,
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
  const again = await planAgain(statement, result.classRefused, index, request);
  return withoutWork(again.statement, request) ?? executeLocked(again.statement, again.plan, index, request);
}

/** The real table refuses what its clone accepted (row versions, hidden columns): the next class up, chosen anew. */
async function planAgain(
  { table, clause }: PlannedAlter,
  refusedWith: string,
  index: number,
  request: Request,
): Promise<{ statement: PlannedAlter; plan: Plan }> {
  const name = tableLabel(table);
  const text = `${name} refuses ${clause}: ${refusedWith}. Choosing again.`;
  request.emit({ type: 'warning', id: 'class-refused', table: name, text });
  const statements = request.statements.slice(index, index + 1);
  const made = await makePlan({ ...request, statements }, clause === undefined ? {} : { above: clause });
  request.emit({ type: 'plan', plan: made });
  const [statement] = made.statements;
  if (statement?.kind !== 'alter') throw new Error('a plan without its statement');
  return { statement, plan: made };
}
