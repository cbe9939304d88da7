import { runDirectly } from './direct/run.js';
import { abortedBefore, drifted, nothing, refusal } from './endings.js';
import { runThroughGhost } from './ghost/run.js';
import { inspectServer } from './inspect/server.js';
import { withSession } from './mysql/session.js';
import { remember } from './plan/forecast/history.js';
import type { Plan, PlannedAlter, PlannedStatement } from './plan/plan.js';
import type { StatementResult } from './plan/result.js';
import { tableLabel } from './plan/table-label.js';
import { acceptedIds } from './planning/context.js';
import { makePlan } from './planning/make-plan.js';
import type { ProbeOptions } from './probe/probe.js';
import type { Request } from './request.js';
import { withRunLock } from './run-lock.js';
import { troubleOf } from './trouble.js';
import { troubled } from './troubled.js';
import { withReplicaStates } from './verify/on-replicas.js';
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
  const work = async () => {
    if (!statement.asksLater) return executeLocked(statement, made, index, request);
    // What it waited for has run: the table is as it will be changed.
    const now = await planAgain(index, request, {});
    return withoutWork(now.statement, request) ?? executeLocked(now.statement, now.plan, index, request);
  };
  try {
    return await withRunLock(request.settings.connection, statement.table, work, request.emit);
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    return troubled(statement, trouble, request);
  }
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
  const { settings, emit, signal, hurry, steering, journal } = request;
  const server = await withSession(settings.connection, {}, async (session) => {
    const state = await readTableState(session, statement);
    return isAsPlanned(state, statement) ? inspectServer(session) : undefined;
  });
  if (server === undefined) return drifted(statement);
  request.begins?.();
  const context = {
    settings,
    server,
    emit,
    signal,
    ...(hurry && { hurry }),
    ...(steering && { steering }),
    ...(journal && { journal }),
  };
  const result =
    statement.strategy === 'gh-ost'
      ? await runThroughGhost(statement, made, context)
      : await runDirectly(statement, context);
  if (!('classRefused' in result)) {
    const text = await remember(statement, result, made.server, settings.stateDir);
    if (text !== undefined) emit({ type: 'warning', id: 'forecast-history', text });
    return withReplicaStates(result, statement, context);
  }
  // The real table refuses what its clone accepted (row versions, hidden columns): the next class up, chosen anew.
  const { clause } = statement;
  const name = tableLabel(statement.table);
  const text = `${name} refuses ${clause}: ${result.classRefused}. Choosing again.`;
  emit({ type: 'warning', id: 'class-refused', table: name, text });
  const again = await planAgain(index, request, clause === undefined ? {} : { above: clause });
  return withoutWork(again.statement, request) ?? executeLocked(again.statement, again.plan, index, request);
}

/** Plans one statement of the request by itself, on the table as it is now. */
async function planAgain(
  index: number,
  request: Request,
  options: ProbeOptions,
): Promise<{ statement: PlannedAlter; plan: Plan }> {
  const { approved: _, reverts: __, ...rest } = request;
  const { settings } = request;
  // What was accepted with the plan that was approved stays accepted.
  const checks = { ...settings.checks, accept: acceptedIds(request) };
  const statements = request.statements.slice(index, index + 1);
  const made = await makePlan({ ...rest, settings: { ...settings, checks }, statements }, options);
  request.emit({ type: 'plan', plan: made });
  const [statement] = made.statements;
  if (statement?.kind !== 'alter') throw new Error('a plan without its statement');
  return { statement, plan: made };
}
