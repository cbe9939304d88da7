import { executePlain } from './direct/plain.js';
import { endOf, notStarted } from './endings.js';
import { executeAlter } from './execute.js';
import { exitCodes } from './fault.js';
import type { Plan } from './plan/plan.js';
import type { RunResult, StatementResult } from './plan/result.js';
import { makePlan } from './planning/make-plan.js';
import type { Request } from './request.js';

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
        : await endOf(statement, request, () =>
            statement.kind === 'alter'
              ? executeAlter(statement, made, index, request)
              : executePlain(statement, request),
          );
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
