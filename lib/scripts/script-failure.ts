import type { Plan, Reason } from '../plan/plan.js';

/** Why the plan of a script ends before the script does: it failed on the copy of the schema. */
export function scriptFailure({ script }: Plan): Reason | undefined {
  return script?.unforeseen.find(({ id }) => id === 'script-failed');
}
