import type { Check, Plan, PlannedAlter, PlannedStatement } from '../documents/plan.js';
import type { StrategyName } from '../documents/strategies.js';
import type { Engine } from '../engines/engine.js';
import { engines, waysOf } from '../engines/list.js';
import { withSession } from '../mysql/session.js';
import { planId } from '../plan/fingerprint.js';
import { type Request, type Reverted, reviewLimit } from '../plan/request.js';
import { review } from '../plan/review.js';
import type { Settings } from '../settings/settings.js';
import { tableLabel } from '../sql/names.js';

/**
 * The plan of a revert: that of the inverse statements, in which an old table is put back if it can be, and which says what
 * cannot come back.
 */
export async function revertPlan(made: Plan, request: Request): Promise<Plan> {
  const { reverts, settings } = request;
  if (reverts === undefined) return made;
  const engine = (request.engines ?? engines).find(({ putBack }) => putBack !== undefined);
  const statements: PlannedStatement[] = [];
  for (const [index, statement] of made.statements.entries()) {
    const reverted = reverts[index];
    const isAlter = statement.kind === 'alter' && reverted !== undefined;
    statements.push(isAlter ? await reverting(statement, reverted, settings, engine) : statement);
  }
  const putsBack = statements.some((each) => each.kind === 'alter' && each.revertTo !== undefined);
  const ghOst = made.server.ghOst ?? (putsBack ? await engine?.putBack?.program(settings) : undefined);
  const server = { ...made.server, ...(ghOst && { ghOst }) };
  const run = reverts[0]?.run;
  return {
    ...made,
    ...(run !== undefined && { reverts: run }),
    server,
    statements,
    id: planId(server, statements),
    // What was refused as a statement may be put back.
    review: review(statements, reviewLimit(request)),
  };
}

async function reverting(
  statement: PlannedAlter,
  { run, kept, losses }: Reverted,
  { connection, strategy }: Settings,
  engine: Engine | undefined,
): Promise<PlannedAlter> {
  const name = tableLabel(statement.table);
  const byStatement = { ...statement, checks: [...statement.checks, ...losses.map(asCheck)] };
  if (kept === undefined || engine?.putBack === undefined || strategy === 'direct') return byStatement;
  const { look } = engine.putBack;
  const found = await withSession(connection, {}, (session) => look(session, statement, kept));
  if (found.kind === 'refused') return byStatement;
  const old = tableLabel(kept.oldTable);
  if (found.kind === 'lost') {
    const text = `${old} cannot be put back: ${found.why}. Rows that only it has are not brought back.`;
    return {
      ...byStatement,
      checks: [...byStatement.checks, { id: 'revert-by-statement', level: 'warning', text }],
    };
  }
  const { clause: _, refusal: __, ...rest } = statement;
  const text = `${engine.name} applies the writes made since run ${run} to the old table ${old}; alterwise compares it with ${name}, and puts it back.`;
  return {
    ...rest,
    strategy: waysOf(engine.name)[0] as StrategyName,
    class: 'unknown',
    checks: [
      ...statement.checks.filter(({ id }) => !found.settles.includes(id)),
      ...losses.filter(({ id }) => !keptIds.has(id)).map(asCheck),
    ],
    reasons: [{ id: 'revert', text }],
    rejected: [],
    // Its rows need not be copied; how much was written since is unknown.
    estimate: { ...withoutCopy(statement.estimate), rough: true },
    sentence: `${name} becomes what it was before run ${run}, with the writes made since; readers and writers continue, and wait for a moment at the cut-over.`,
    promise: { ...statement.promise, after: found.definition },
    revertTo: { name: kept.oldTable.name, coordinates: found.coordinates },
  };
}

/** Losses of an inverse statement that do not occur if the old table is put back. */
const keptIds: ReadonlySet<string> = new Set([
  'revert-check-name',
  'revert-converted',
  'revert-key-block-size',
  'revert-no-value',
  'revert-rows-gone',
  'revert-values-gone',
]);

function asCheck(loss: Reverted['losses'][number]): Check {
  return { ...loss, level: 'warning' };
}

function withoutCopy({ durationMs: _, diskBytes: __, binlogBytes: ___, ...rest }: PlannedAlter['estimate']) {
  return rest;
}
