import { resultOf } from '../documents/ending.js';
import type { Plan } from '../documents/plan.js';
import type { RunResult, StatementResult } from '../documents/result.js';
import type { RunNow } from '../documents/status.js';
import { executePlain } from '../engines/direct/plain.js';
import { PlainSession } from '../engines/direct/plain-session.js';
import { exitCodes } from '../exit-code.js';
import { migrationKey } from '../plan/earlier.js';
import { makePlan } from '../plan/make-plan.js';
import type { Request } from '../plan/request.js';
import { revertPlan } from '../revert/plan.js';
import { obey } from '../runs/control/obey.js';
import { serveControl } from '../runs/control/socket.js';
import { watchRun } from '../runs/control/watch.js';
import { runFolder } from '../runs/record.js';
import { withMigrationLock } from '../runs/run-lock.js';
import { Steering } from '../runs/steering.js';
import { endOf, notStarted, withoutWork } from './endings.js';
import { executeAlter } from './execute.js';
import { type Keeper, keepRecord } from './keep-record.js';
import { gate } from './review.js';

/** Looks at the server and the table, and says what would be done. Changes nothing. */
export async function plan(request: Request): Promise<Plan> {
  const made = await revertPlan(await makePlan(request), request);
  request.emit({ type: 'plan', plan: made });
  return made;
}

/** Plans everything, and then does what the plan says, one statement after the other, up to the first that fails. */
export async function run(request: Request): Promise<RunResult> {
  const { statements, settings } = request;
  // A change by itself holds the lock of its table.
  if (statements.length === 1 && statements[0]?.kind === 'alter') return runAlone(request);
  // Without the server: the lock is a lock of it.
  const key = migrationKey({ host: '' }, settings.connection.database, statements);
  return withMigrationLock(settings.connection, key, () => runAlone(request), request.emit);
}

async function runAlone(request: Request): Promise<RunResult> {
  const made = await plan(request);
  const stopped = await gate(made, request);
  if (stopped !== undefined) return runResult(made, stopped, request);
  return withControl(request, async (controlled, control) => {
    const keeper = await keepRecord(made, controlled, control);
    const steered = { ...controlled, ...(keeper && { journal: keeper.journal }) };
    const session = new PlainSession(steered.settings);
    try {
      const result = runResult(made, await inTurn(made, session, keeper, steered), steered);
      await keeper?.finish(result.exitCode);
      return result;
    } finally {
      await session.close();
      await keeper?.close();
    }
  });
}

/**
 * Runs something that can be watched, steered and stopped from another terminal.
 * @param use gets the request with what hears the orders in it, and the path of the socket, absent if it could not
 * be made: then the run continues, and says so
 */
async function withControl<T>(
  request: Request,
  use: (request: Request, socketPath: string | undefined) => Promise<T>,
): Promise<T> {
  const steering = request.steering ?? new Steering();
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const watch = watchRun(request.statements.length);
  const now = (): RunNow => ({ ...watch.now(), paused: steering.paused, stopping: signal.aborted });
  const emit: Request['emit'] = (event) => {
    watch.note(event);
    request.emit(event);
  };
  const folder = runFolder(request.settings.stateDir, request.run);
  const control = await serveControl(folder, (order) => obey(order, { steering, stop, now })).catch(
    (error: unknown) => {
      const text = `This run cannot be steered from another terminal: ${String(error)}`;
      request.emit({ type: 'warning', id: 'no-control', text });
    },
  );
  try {
    return await use({ ...request, emit, signal, steering }, control?.path);
  } finally {
    await control?.close();
  }
}

const howToContinue = 'Once that is fixed, run the same again: it continues where it stopped.';

async function inTurn(
  made: Plan,
  session: PlainSession,
  keeper: Keeper | undefined,
  request: Request,
): Promise<StatementResult[]> {
  const results: StatementResult[] = [];
  for (const [index, statement] of made.statements.entries()) {
    const work = async () => {
      if (statement.kind === 'alter') return executeAlter(statement, made, index, request);
      const settled = withoutWork(statement, request);
      if (settled !== undefined) return settled;
      request.begins?.();
      return resultOf(statement, await executePlain(statement, session, request));
    };
    const stopped = results.some(({ exitCode }) => exitCode !== exitCodes.done);
    const isFirst = results.at(-1)?.outcome !== 'not-started';
    const result = stopped
      ? notStarted(statement, isFirst ? howToContinue : undefined)
      : await endOf(statement, request, () => keeper?.during(statement, index, work) ?? work());
    results.push(result);
    request.emit({ type: 'outcome', result });
  }
  return results;
}

/** Of statements that have ended, or were not begun. */
export function runResult(made: Plan, statements: readonly StatementResult[], { run }: Request): RunResult {
  const failed = statements.find(({ exitCode }) => exitCode !== exitCodes.done);
  return { version: 1, run, plan: made.id, exitCode: failed?.exitCode ?? exitCodes.done, statements };
}
