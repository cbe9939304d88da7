import type { Plan } from '../documents/plan.js';
import type { RunResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import type { Session } from './session.js';

/** Plans and writes the plan. The exit code is that of the first statement that would be refused. */
export async function planSession({ request, write }: Session): Promise<number> {
  const { plan } = await import('../run/run.js');
  return writePlan(await plan(request), write);
}

export async function writePlan(plan: Plan, write: Session['write']): Promise<number> {
  const { planView } = await import('../report/plan-view.js');
  await write(plan, planView(plan));
  const refused = plan.statements.find(({ strategy }) => strategy === 'refuse');
  return refused ? (refused.refusal?.exitCode ?? exitCodes.refused) : exitCodes.done;
}

/** Runs, and writes the result. */
export async function runSession({ request, write }: Session): Promise<number> {
  const { run } = await import('../run/run.js');
  return writeRunResult(await run(request), write);
}

export async function writeRunResult(result: RunResult, write: Session['write']): Promise<number> {
  const { resultView } = await import('../report/result-view.js');
  await write(result, resultView(result));
  return result.exitCode;
}
