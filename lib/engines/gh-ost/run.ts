import { type Ending, ending } from '../../documents/ending.js';
import type { PlannedAlter } from '../../documents/plan.js';
import { tableLabel } from '../../sql/names.js';
import type { EngineContext } from '../engine.js';
import { reasons } from '../reasons.js';
import { findGhost } from './binary/find.js';
import { decisionsFrom, type GhostContext } from './context.js';
import { migrate } from './migrate.js';
import { decide } from './outcome.js';
import { rehearse } from './rehearse.js';
import { watchedReplicas } from './replicas.js';

/** `--rehearse auto`: a row copy that may take longer than this is rehearsed first. */
const rehearseAboveMs = 60_000;

/** Migrates through gh-ost, rehearsed first if that is worth it, and says what became of the table. */
export async function runThroughGhost(
  statement: PlannedAlter,
  context: EngineContext & Pick<GhostContext, 'watchLimits'>,
): Promise<Ending> {
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const { settings } = context;
  const full: GhostContext = {
    ...context,
    decisions: decisionsFrom(settings),
    ghost: context.planned.ghOst ?? (await findGhost(settings.ghost.path)),
  };
  const ended = (await rehearsed(statement, full)) ?? (await migrated(statement, full));
  return { ...ended, startedAt, durationMs: Math.round(performance.now() - start) };
}

async function migrated(statement: PlannedAlter, context: GhostContext): Promise<Ending> {
  const throttleReplicas = await watchedReplicas(statement, context);
  const decisions = { ...context.decisions, throttleReplicas };
  const ended = decide(statement, await migrate(statement, { ...context, decisions }));
  if (ended.outcome !== 'done' || context.journal !== undefined) return ended;
  const next = `No record of this run could be kept: drop ${ended.oldTable} yourself when you no longer need it.`;
  return { ...ended, next };
}

/** @returns undefined if nothing speaks against the migration */
async function rehearsed(statement: PlannedAlter, context: GhostContext): Promise<Ending | undefined> {
  if (!worthRehearsing(statement, context)) return undefined;
  const state = `${tableLabel(statement.table)} is as it was; only an empty clone was worked on.`;
  try {
    const wrong = await rehearse(statement, context);
    if (wrong === undefined) return undefined;
    return ending('refused', {
      reason: { id: 'rehearsal-failed', text: `The rehearsal on an empty clone failed: ${wrong}.` },
      state,
      next: 'gh-ost cannot complete this change on this server. Try another version of gh-ost, or a direct ALTER at a quiet hour (--strategy direct with a larger --stall-budget).',
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return ending('aborted', { reason: reasons.aborted('Stopped on request during the rehearsal.'), state });
  }
}

function worthRehearsing({ estimate, revertTo }: PlannedAlter, { settings }: GhostContext): boolean {
  // An empty clone has no old table that could be put back.
  if (revertTo !== undefined) return false;
  const { rehearse: when } = settings.ghost;
  if (when !== 'auto') return when === 'always';
  return (estimate.durationMs?.high ?? Number.POSITIVE_INFINITY) > rehearseAboveMs;
}
