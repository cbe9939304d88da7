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
import { carryOutScript, type Script } from './record-script.js';
import { scriptFailure } from './run-script.js';
import { isSameText } from './with-schema.js';

/**
 * Runs a script for real whose plan was made on a copy of the schema, if the plan may be run.
 * @param foreseen all that it has sent there
 * @returns how each of its changes ended; exit code 9 where the script itself failed, of which alterwise knows nothing
 */
export async function runPlannedScript(
  script: Script,
  made: Plan,
  foreseen: readonly string[],
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
  const { exitCode, lines } = await carryOutScript(
    script,
    { mode: 'run', approved: made, foreseen },
    request.signal,
  );
  const told = lines.flatMap((line) => (line.kind === 'result' ? [line.result] : []));
  const missing = notReached(made, told, request);
  const hasEndedWell = exitCode === 0 && !request.signal.aborted && told.every(isDone);
  const rest = hasEndedWell
    ? await whatOf(missing, made, request)
    : missing.map((statement) => notStarted(statement));
  const result = runResult(made, [...told, ...rest], request);
  if (request.signal.aborted && result.exitCode === exitCodes.done) {
    return { ...result, exitCode: exitCodes.aborted };
  }
  if (exitCode === 0 || !told.every(isDone)) return result;
  const text = `The script ended with exit code ${exitCode}; the changes that are told were made.`;
  request.emit({ type: 'warning', id: 'script-failed', text });
  return { ...result, exitCode: exitCodes.unknown };
}

function isDone({ exitCode }: StatementResult): boolean {
  return exitCode === exitCodes.done;
}

/** Changes that were planned, and of which the script's own process told nothing. */
function notReached(
  made: Plan,
  told: readonly StatementResult[],
  { settings: { connection } }: Request,
): PlannedAlter[] {
  const left = told.map(({ sql }) => sql);
  return made.statements.flatMap((statement) => {
    const index = left.findIndex((sql) => isSameText(statement.sql, sql, connection.database));
    if (index !== -1) left.splice(index, 1);
    return index === -1 && statement.kind === 'alter' ? [statement] : [];
  });
}

/** Of a script that ended well without them: another may have made them meanwhile, or it has swallowed an error. */
async function whatOf(
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

/**
 * What its table is, held against what the last of its changes was to make of it.
 * @returns undefined where that cannot be asked
 */
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
    reason: { id: 'not-sent', text: 'The script ended well, and has not sent it as it did on the copy.' },
    state: `${subjectOf(statement)} is not as planned.`,
    next: 'Look at what the script has written: it may have caught an error and gone on. Then run it again.',
  });
  return resultOf(statement, ended);
}
