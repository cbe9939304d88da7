import { exitCodes } from './fault.js';
import { withPatientSession } from './mysql/patient.js';
import { unlessDenied } from './mysql/unless-denied.js';
import { outcome } from './plan/outcome.js';
import type { PlannedAlter } from './plan/plan.js';
import type { StatementResult } from './plan/result.js';
import { tableLabel } from './plan/table-label.js';
import type { Request } from './request.js';
import type { Trouble } from './trouble.js';
import { isAsPlanned, readTableState } from './verify/table-state.js';

/** How long to look for a server that has gone. */
const settleLimitMs = 60_000;

/**
 * The ending of a change that met with trouble before it was begun, or behind it: what a direct ALTER or gh-ost meets with
 * while it works is in their own endings. The table is looked at all the same.
 */
export async function troubled(
  statement: PlannedAlter,
  { id, text, next }: Trouble,
  { settings, hurry }: Pick<Request, 'settings' | 'hurry'>,
): Promise<StatementResult> {
  const name = tableLabel(statement.table);
  const limitMs = hurry?.aborted ? 0 : settleLimitMs;
  const state = await unlessDenied(
    withPatientSession(settings.connection, { limitMs }, (session) => readTableState(session, statement)),
  );
  const reason = { id, text };
  if (state !== undefined && isAsPlanned(state, statement)) {
    return outcome(statement, 'refused', {
      exitCode: exitCodes.environment,
      reason,
      state: `${name} is as it was.`,
      next,
    });
  }
  return outcome(statement, 'unknown', {
    reason,
    state:
      state === undefined
        ? `In what state ${name} is now is not known.`
        : `${name} is ${state.state === 'gone' ? 'not there any more' : 'not as it was'}.`,
    next: `Look at SHOW CREATE TABLE ${name} before you run it again.`,
  });
}
