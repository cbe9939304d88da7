import type { Plan } from '../documents/plan.js';
import type { Fault } from '../fault.js';
import { planDrifted } from '../plan/approved.js';
import { scriptTask } from '../scripts/script-folder.js';
import { isSameText } from '../scripts/with-schema.js';

const used = new Set<number>();

/**
 * The plan of one change, taken from the approved plan of the whole script; each statement of it is used once.
 * @param schema the default schema of the session
 * @returns the plan, and what to call once the change is made (until then a tool may retry); undefined unless
 *   alterwise runs the script
 * @throws {Fault} exit code 10 if the plan does not contain the change
 */
export function approvedFor(
  sql: string,
  schema: string | undefined,
): { plan: Plan; use: () => void } | undefined {
  const task = scriptTask();
  if (task?.mode !== 'run') return undefined;
  const { approved } = task;
  const index = approved.statements.findIndex(
    (planned, i) => !used.has(i) && isSameText(planned.sql, sql, schema),
  );
  const planned = approved.statements[index];
  if (planned === undefined) throw notPlanned(approved);
  return { plan: { ...approved, statements: [planned] }, use: () => used.add(index) };
}

/**
 * Other DDL runs as it stands, but only if the script sent it when it was recorded.
 * @throws {Fault} exit code 10 if it did not
 */
export function refuseUnplanned(sql: string, schema: string | undefined): void {
  const task = scriptTask();
  if (task?.mode !== 'run' || task.recorded.some((text) => isSameText(text, sql, schema))) return;
  throw notPlanned(task.approved);
}

function notPlanned({ id }: Plan): Fault {
  const next =
    'The script sends something else than when it was planned: plan it again, and have that plan reviewed.';
  return planDrifted(`Plan ${id} does not contain this statement.`, next);
}
