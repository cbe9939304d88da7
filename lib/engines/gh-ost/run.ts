import type { Plan, PlannedAlter } from '../../documents/plan.js';
import { outcome, type StatementResult } from '../../documents/result.js';
import { exitCodes } from '../../exit-code.js';
import { unlessDenied } from '../../mysql/errors.js';
import { withPatientSession } from '../../mysql/session.js';
import { tableLabel } from '../../sql/names.js';
import { readTableState } from '../../verify/definition.js';
import { rehearse } from './assess/rehearse.js';
import { findGhost } from './binary/find.js';
import type { GhostContext } from './flight.js';
import { migrate } from './migrate.js';
import { ghostOutcome } from './outcome.js';
import { watchReplicas } from './replicas.js';

/** `--rehearse auto`: a copy that may take longer than this is rehearsed first. */
const rehearseAboveMs = 60_000;

/** Migrates through gh-ost, rehearsed first where that is worth it, and says what is so afterwards. */
export async function runThroughGhost(
  statement: PlannedAlter,
  { server }: Plan,
  context: Omit<GhostContext, 'ghost'>,
): Promise<StatementResult> {
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const timing = () => ({ startedAt, durationMs: Math.round(performance.now() - start) });
  const ghost = server.ghOst ?? (await findGhost(context.settings.ghost.path));
  const full = { ...context, ghost };
  if (worthRehearsing(statement, context)) {
    const wrong = await rehearseOrAbort(statement, full);
    if (wrong !== undefined) return notRehearsed(statement, wrong, timing());
  }
  const end = await migrate(statement, await watchReplicas(statement, full));
  const limitMs = context.hurry?.aborted ? 0 : 60_000;
  const state =
    end.end === 'unknown'
      ? undefined
      : await unlessDenied(
          withPatientSession(context.settings.connection, { limitMs }, (session) =>
            readTableState(session, statement),
          ),
        );
  const result = ghostOutcome(statement, end, state, timing());
  if (result.outcome !== 'done' || context.journal !== undefined) return result;
  const next = `No record of this run could be kept: drop ${result.oldTable} yourself when you do not need it any more.`;
  return { ...result, next };
}

function worthRehearsing(
  { estimate, revertTo }: PlannedAlter,
  { settings }: Omit<GhostContext, 'ghost'>,
): boolean {
  // An empty clone has no original that could be swapped back.
  if (revertTo !== undefined) return false;
  const { rehearse: when } = settings.ghost;
  if (when !== 'auto') return when === 'always';
  return (estimate.durationMs?.high ?? Number.POSITIVE_INFINITY) > rehearseAboveMs;
}

type Wrong = { why: 'aborted' } | { why: 'failed'; text: string };

async function rehearseOrAbort(statement: PlannedAlter, context: GhostContext): Promise<Wrong | undefined> {
  try {
    const text = await rehearse(statement, context);
    return text === undefined ? undefined : { why: 'failed', text };
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return { why: 'aborted' };
  }
}

function notRehearsed(
  statement: PlannedAlter,
  wrong: Wrong,
  timing: { startedAt: string; durationMs: number },
): StatementResult {
  const state = `${tableLabel(statement.table)} is as it was; only an empty clone was worked on.`;
  if (wrong.why === 'aborted') {
    return outcome(statement, 'aborted', {
      ...timing,
      reason: { id: 'aborted', text: 'Stopped on request during the rehearsal.' },
      state,
    });
  }
  return outcome(statement, 'refused', {
    ...timing,
    exitCode: exitCodes.refused,
    reason: { id: 'rehearsal-failed', text: `The rehearsal on an empty clone failed: ${wrong.text}.` },
    state,
    next: 'gh-ost cannot end this change on this server. Try another version of gh-ost, or a direct ALTER at a quiet hour (--strategy direct with a larger --stall-budget).',
  });
}
