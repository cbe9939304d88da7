import { type Ending, ending, resultOf } from '../documents/ending.js';
import type { Plan, PlannedAlter } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { engineOf } from '../engines/list.js';
import { exitCodes } from '../exit-code.js';
import { recordDuration } from '../forecast/history.js';
import { inspectServer } from '../inspect/server.js';
import { type Trouble, troubleOf } from '../mysql/errors.js';
import { lookAfterwards, withSession } from '../mysql/session.js';
import { makePlan } from '../plan/make-plan.js';
import { acceptedIds, type Request } from '../plan/request.js';
import type { ProbeOptions } from '../probe/probe.js';
import { withRunLock } from '../runs/run-lock.js';
import { tableLabel } from '../sql/names.js';
import { asItWas } from '../text/labels.js';
import { isAsPlanned, readTableState } from '../verify/definition.js';
import { withReplicaStates } from '../verify/replica-states.js';
import { drifted, withoutWork } from './endings.js';

/** Changes one table, by the way that the plan has chosen. @param index of the statement in the request */
export async function executeAlter(
  statement: PlannedAlter,
  made: Plan,
  index: number,
  request: Request,
): Promise<StatementResult> {
  const settled = withoutWork(statement, request);
  if (settled !== undefined) return settled;
  const work = () =>
    // What it waited for has run: the table is as it will be changed.
    statement.asksLater ? executeAgain(index, request, {}) : executeLocked(statement, made, index, request);
  try {
    return await withRunLock(request.settings.connection, statement.table, work, request.emit);
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    return resultOf(statement, await troubled(statement, trouble, request));
  }
}

async function executeLocked(
  statement: PlannedAlter,
  made: Plan,
  index: number,
  request: Request,
): Promise<StatementResult> {
  const { settings, emit } = request;
  const server = await withSession(settings.connection, {}, async (session) => {
    const state = await readTableState(session, statement);
    return isAsPlanned(state, statement) ? inspectServer(session) : undefined;
  });
  if (server === undefined) return drifted(statement);
  request.begins?.();
  const engine = engineOf(statement.strategy, request.engines);
  if (engine === undefined) throw new Error(`no engine for the strategy ${statement.strategy}`);
  const ended = await engine.run(statement, { ...request, server, planned: made.server });
  if (!('classRefused' in ended)) {
    const result = resultOf(statement, ended);
    const text = await recordDuration(statement, result, made.server, settings.stateDir);
    if (text !== undefined) emit({ type: 'warning', id: 'forecast-history', text });
    return withReplicaStates(result, statement, { ...request, server });
  }
  // The real table refuses what its clone accepted (row versions, hidden columns): the next class up, chosen again.
  const { clause } = statement;
  const name = tableLabel(statement.table);
  const text = `${name} refuses ${clause}: ${ended.classRefused}. Choosing again.`;
  emit({ type: 'warning', id: 'class-refused', table: name, text });
  return executeAgain(index, request, clause === undefined ? {} : { above: clause });
}

/** Plans one statement of the request by itself, on the table as it is now, and runs it. */
async function executeAgain(
  index: number,
  request: Request,
  options: ProbeOptions,
): Promise<StatementResult> {
  const { approved: _, reverts: __, ...rest } = request;
  // What was accepted with the plan that was approved stays accepted.
  const decisions = { ...request.decisions, accepted: acceptedIds(request) };
  const statements = request.statements.slice(index, index + 1);
  const made = await makePlan({ ...rest, decisions, statements }, options);
  request.emit({ type: 'plan', plan: made });
  const [statement] = made.statements;
  if (statement?.kind !== 'alter') throw new Error('a plan without its statement');
  return withoutWork(statement, request) ?? executeLocked(statement, made, index, request);
}

/**
 * The ending of a change that met with trouble before it was begun, or behind it: what a direct ALTER or gh-ost meets with
 * while it works is in their own endings. The table is looked at all the same.
 */
async function troubled(
  statement: PlannedAlter,
  { next, ...reason }: Trouble,
  { settings, hurry }: Request,
): Promise<Ending> {
  const name = tableLabel(statement.table);
  const seen = await lookAfterwards(settings.connection, { hurry }, (session) =>
    readTableState(session, statement),
  );
  if (seen !== undefined && isAsPlanned(seen, statement)) {
    const state = asItWas(name);
    return ending('refused', { exitCode: exitCodes.environment, reason, state, next });
  }
  const now = seen?.state === 'gone' ? 'not there any more' : 'not as it was';
  return ending('unknown', {
    reason,
    state: seen === undefined ? `The state of ${name} is unknown.` : `${name} is ${now}.`,
    next: `Look at SHOW CREATE TABLE ${name} before you run it again.`,
  });
}
