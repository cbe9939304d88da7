import { ending, resultOf } from '../documents/ending.js';
import type { Plan, PlannedAlter } from '../documents/plan.js';
import type { RunResult, StatementResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { cannotAsk } from '../mysql/errors.js';
import { withSession } from '../mysql/session.js';
import type { Request } from '../plan/request.js';
import { nothing, notStarted } from '../run/endings.js';
import { gate } from '../run/review.js';
import { runResult } from '../run/run.js';
import { tableLabel } from '../sql/names.js';
import { subjectOf } from '../text/labels.js';
import { readTableState, type TableState } from '../verify/definition.js';
import { executeScript, type Script } from './record-script.js';
import { scriptFailed, scriptFailure } from './run-script.js';
import { isSameText } from './with-schema.js';

/**
 * Runs a recorded script for real, if its plan may be run.
 * @param recorded everything that it sent when it was recorded
 * @returns how each of its changes ended; exit code 9 if the script itself failed, for reasons unknown to alterwise
 */
export async function runPlannedScript(
  script: Script,
  made: Plan,
  recorded: readonly string[],
  request: Request,
): Promise<RunResult> {
  const failed = scriptFailure(made);
  if (failed !== undefined) {
    request.emit({ type: 'warning', id: failed.id, text: `${failed.text} It was not run for real.` });
    const results = made.statements.map((statement) => notStarted(statement));
    return { ...runResult(made, results, request), exitCode: exitCodes.refused };
  }
  const stopped = await gate(made, request);
  if (stopped !== undefined) return runResult(made, stopped, request);
  request.begins?.();
  const { exitCode, lines } = await executeScript(
    script,
    { mode: 'run', approved: made, recorded },
    request.signal,
  );
  const reported = lines.flatMap((line) => (line.kind === 'result' ? [line.result] : []));
  const missing = notReported(made, reported, request);
  const hasEndedWell = exitCode === 0 && !request.signal.aborted && reported.every(isDone);
  const rest = hasEndedWell
    ? await findOut(missing, made, request)
    : missing.map((statement) => notStarted(statement));
  const result = runResult(made, [...reported, ...rest], request);
  if (request.signal.aborted && result.exitCode === exitCodes.done) {
    return { ...result, exitCode: exitCodes.aborted };
  }
  if (exitCode === 0 || !reported.every(isDone)) return result;
  const failure = scriptFailed(
    `The script ended with exit code ${exitCode}; the changes reported as done were made.`,
  );
  request.emit({ type: 'warning', ...failure });
  return { ...result, exitCode: exitCodes.unknown };
}

function isDone({ exitCode }: StatementResult): boolean {
  return exitCode === exitCodes.done;
}

/** Planned changes that the script did not report. */
function notReported(
  made: Plan,
  reported: readonly StatementResult[],
  { settings: { connection } }: Request,
): PlannedAlter[] {
  const left = reported.map(({ sql }) => sql);
  return made.statements.flatMap((statement) => {
    const index = left.findIndex((sql) => isSameText(statement.sql, sql, connection.database));
    if (index !== -1) left.splice(index, 1);
    return index === -1 && statement.kind === 'alter' ? [statement] : [];
  });
}

/** If the script succeeded without them, another run may have made them, or it ignored an error. */
async function findOut(
  missing: readonly PlannedAlter[],
  made: Plan,
  { settings }: Request,
): Promise<StatementResult[]> {
  const results: StatementResult[] = [];
  for (const statement of missing) {
    const state = statement.strategy === 'nothing' ? 'as-promised' : await stateOf(statement, made, settings);
    const isKnown = state !== undefined && state !== 'gone';
    results.push(
      state === 'as-promised' ? nothing(statement) : isKnown ? notSent(statement) : notStarted(statement),
    );
  }
  return results;
}

/** How its table compares with what its last change was to make of it; undefined if the server cannot be asked. */
async function stateOf(
  { table }: PlannedAlter,
  made: Plan,
  { connection }: Request['settings'],
): Promise<TableState['state'] | undefined> {
  const label = tableLabel(table);
  const last = made.statements.findLast((each) => each.kind === 'alter' && tableLabel(each.table) === label);
  if (last?.kind !== 'alter') return undefined;
  try {
    const { state } = await withSession(connection, {}, (session) => readTableState(session, last));
    return state;
  } catch (error) {
    if (cannotAsk(error)) return undefined;
    throw error;
  }
}

function notSent(statement: PlannedAlter): StatementResult {
  const ended = ending('unknown', {
    reason: {
      id: 'not-sent',
      text: 'The script succeeded without sending this change, which it sent when it was recorded.',
    },
    state: `${subjectOf(statement)} is not as planned.`,
    next: 'Read the output of the script: it may have caught an error and continued. Then run it again.',
  });
  return resultOf(statement, ended);
}
