import { readFile } from 'node:fs/promises';
import type { Plan } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Settings } from '../settings/settings.js';
import { driftOf } from './drift.js';
import { planId } from './fingerprint.js';

/**
 * Reads a plan that was saved by `alterwise plan --format json --out FILE`.
 * @throws {Fault} exit code 2 where it cannot be read, is no plan, or is not as it was written
 */
export async function readPlanFile(path: string): Promise<Plan> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw wrongPlan(`--plan: expected a file that can be read, got ${path} (${cause.code}).`, cause);
  });
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (cause) {
    throw wrongPlan(`--plan: ${path} is no plan as JSON: ${String(cause)}`, cause);
  }
  if (!isPlan(plan)) throw wrongPlan(`--plan: ${path} is not a plan of this version of alterwise.`);
  if (planId(plan.server, plan.statements) !== plan.id) {
    throw wrongPlan(`--plan: ${path} was changed after it was written: its id is no longer ${plan.id}.`);
  }
  return plan;
}

/** What is needed to compare it; what it says of the table is asked anew before anything is done. */
function isPlan(value: unknown): value is Plan {
  if (!isObject(value)) return false;
  const plan = value as Partial<Plan>;
  return (
    plan.version === 1 &&
    typeof plan.id === 'string' &&
    !Number.isNaN(Date.parse(String(plan.createdAt))) &&
    isObject(plan.server) &&
    Array.isArray(plan.statements) &&
    // A script may have nothing left to do.
    (plan.statements.length > 0 || isObject(plan.script)) &&
    plan.statements.every(isStatement)
  );
}

function isStatement(value: unknown): boolean {
  const statement = value as Partial<Plan['statements'][number]> | null;
  const texts = [statement?.kind, statement?.sql, statement?.strategy, statement?.fingerprint];
  return (
    texts.every((text) => typeof text === 'string') &&
    Array.isArray(statement?.checks) &&
    Array.isArray(statement.rejected) &&
    statement.checks.every(isObject) &&
    isObject(statement.estimate) &&
    (statement.kind === 'plain' || isPromise(Reflect.get(statement, 'promise')))
  );
}

function isPromise(value: unknown): boolean {
  return isObject(value) && typeof Reflect.get(value, 'before') === 'string';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function wrongPlan(message: string, cause?: unknown): Fault {
  return new Fault(message, {
    id: 'plan-file',
    exitCode: exitCodes.usage,
    next: 'Make it anew: alterwise plan … --format json --out plan.json',
    cause,
  });
}

/** @throws {Fault} exit code 10 where the plan is no longer what was approved, with every difference */
export function refuseDrift(approved: Plan, now: Plan, { review }: Settings): void {
  const drift = driftOf(approved, now, { ...review, now: Date.now() });
  if (drift.length === 0) return;
  throw new Fault(
    `Plan ${approved.id} does not hold any more:\n${drift.map((each) => `  ${each}`).join('\n')}`,
    {
      id: 'drifted',
      exitCode: exitCodes.drifted,
      next: 'Plan it again, and have that plan reviewed.',
    },
  );
}

/** @throws {Fault} exit code 2 where it takes a run back: of that its statements say only half */
export function refuseRevert({ id, reverts }: Plan): void {
  if (reverts === undefined) return;
  throw new Fault(`Plan ${id} takes run ${reverts} back, which alterwise revert does.`, {
    id: 'plan-of-revert',
    exitCode: exitCodes.usage,
    next: `Run exactly this plan, if it still holds: alterwise revert ${reverts.slice(0, 8)} --approve ${id}`,
  });
}

/** @throws {Fault} exit code 10 where another plan was approved */
export function refuseOtherPlan(approved: string, { id }: Plan): void {
  if (approved === id) return;
  throw new Fault(`Plan ${approved} was approved, and the plan now is ${id}.`, {
    id: 'drifted',
    exitCode: exitCodes.drifted,
    next: `Look at the plan as it is now (alterwise plan), and approve that: --approve ${id}`,
  });
}
