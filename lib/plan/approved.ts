import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Plan, PlannedAlter, PlannedPlain } from '../documents/plan.js';
import { reasons } from '../engines/reasons.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Settings } from '../settings/settings.js';
import { driftOf } from './drift.js';
import { planId } from './fingerprint.js';

/**
 * Reads a plan that was saved by `alterwise plan --format json --out FILE`.
 * @throws {Fault} exit code 2 if it cannot be read, is not a plan, or was changed after it was written
 */
export async function readPlanFile(path: string): Promise<Plan> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw wrongPlan(`--plan: expected a file that can be read, got ${path} (${cause.code}).`, cause);
  });
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (cause) {
    throw wrongPlan(`--plan: ${path} is not JSON.`, cause);
  }
  if (!isPlan(plan, path)) throw wrongPlan(`--plan: ${path} has no statements.`);
  refuseChanged(plan, `--plan: ${path}`);
  return plan;
}

/** @throws {Fault} exit code 2 if the plan was changed after it was made */
export function refuseChanged({ id, server, statements }: Plan, name: string): void {
  if (planId(server, statements) !== id) {
    throw wrongPlan(`${name} was changed after it was made: its id is no longer ${id}.`);
  }
}

/** What is written otherwise by another version, and not needed to compare the plan with the one made now. */
const open = { strategy: z.string(), fingerprint: z.string(), rejected: z.array(z.unknown()) };
const needed = { kind: true, sql: true, estimate: true, checks: true } as const;
const Readable = Plan.pick({ version: true, id: true, createdAt: true }).extend({
  server: z.looseObject({}),
  script: z.looseObject({}).optional(),
  statements: z.array(
    z.discriminatedUnion('kind', [
      PlannedAlter.pick({ ...needed, promise: true, clause: true }).extend(open),
      PlannedPlain.pick(needed).extend(open),
    ]),
  ),
});

/** @throws {Fault} exit code 2 with what is wrong */
function isPlan(value: unknown, path: string): value is Plan {
  const { data, error } = Readable.safeParse(value);
  if (error !== undefined) {
    const { path: at = [], message = '' } = error.issues[0] ?? {};
    const where = at.length === 0 ? '' : `${at.join('.')}: `;
    throw wrongPlan(`--plan: ${path} is not a plan of this version of alterwise (${where}${message}).`);
  }
  // A script may have nothing left to do.
  return data.statements.length > 0 || data.script !== undefined;
}

function wrongPlan(message: string, cause?: unknown): Fault {
  const next = 'Make a new plan: alterwise plan … --format json --out plan.json';
  return new Fault(message, { id: 'plan-file', exitCode: exitCodes.usage, next, cause });
}

/** @throws {Fault} exit code 10 if the plan is no longer what was approved, with every difference */
export function refuseDrift(approved: Plan, now: Plan, { review }: Settings): void {
  const drift = driftOf(approved, now, { ...review, now: Date.now() });
  if (drift.length === 0) return;
  const text = `Plan ${approved.id} no longer holds:\n${drift.map((each) => `  ${each}`).join('\n')}`;
  throw planDrifted(text, 'Make a new plan, and have it reviewed.');
}

/** @throws {Fault} exit code 10 if another plan was approved */
export function refuseOtherPlan(approved: string, { id }: Plan): void {
  if (approved === id) return;
  const next = `Review the current plan (alterwise plan), then approve it: --approve ${id}`;
  throw planDrifted(`Plan ${approved} was approved, but the plan is now ${id}.`, next);
}

/** Something else would be done than what was approved. */
export function planDrifted(message: string, next: string): Fault {
  const { id } = reasons.drifted(message);
  return new Fault(message, { id, exitCode: exitCodes.drifted, next });
}

/** @throws {Fault} exit code 2 if it takes a run back, which its statements show only in part */
export function refuseRevert({ id, reverts }: Plan): void {
  if (reverts === undefined) return;
  throw new Fault(`Plan ${id} takes back run ${reverts}; only alterwise revert can execute it.`, {
    id: 'plan-of-revert',
    exitCode: exitCodes.usage,
    next: `Execute exactly this plan, if it still holds: alterwise revert ${reverts.slice(0, 8)} --approve ${id}`,
  });
}
