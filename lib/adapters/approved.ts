import type { Plan } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { scriptTask } from '../scripts/script-folder.js';
import { isSameText } from '../scripts/with-schema.js';

const used = new Set<number>();

/**
 * The plan of one change alone, out of the one of the whole script that alterwise runs; each counts once.
 * @param schema the default one of the session
 * @returns it, and what to call when it is made: a tool may try again; nothing where no alterwise runs the script
 * @throws {Fault} exit code 10 where the plan does not have the change
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
 * Other DDL runs as it stands, but only if the script has sent it on the copy as well.
 * @throws {Fault} exit code 10 where it has not
 */
export function refuseUnforeseen(sql: string, schema: string | undefined): void {
  const task = scriptTask();
  if (task?.mode !== 'run' || task.foreseen.some((text) => isSameText(text, sql, schema))) return;
  throw notPlanned(task.approved);
}

function notPlanned({ id }: Plan): Fault {
  return new Fault(`The plan ${id} does not have this statement.`, {
    id: 'drifted',
    exitCode: exitCodes.drifted,
    next: 'Plan the script again, and have that plan reviewed: it sends something else than it did then.',
  });
}
