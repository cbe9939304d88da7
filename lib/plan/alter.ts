import { accept, standingDanger } from '../checks/accept.js';
import { runChecks, runServerChecks } from '../checks/all.js';
import type { CheckFacts, RowsAhead } from '../checks/check-facts.js';
import { compatibility } from '../compatibility/compatibility.js';
import type {
  Check,
  CostClass,
  DurationRange,
  PlannedAlter,
  PlannedServer,
  PlannedStatement,
} from '../documents/plan.js';
import { assessGhost, type GhostAssessment } from '../engines/gh-ost/assess/assess.js';
import { refuseRunningGhost } from '../engines/gh-ost/assess/refuse-running.js';
import { type Forecast, forecast } from '../forecast/forecast.js';
import type { ForecastFacts } from '../forecast/sample.js';
import { killPrivilege, requirePrivileges } from '../inspect/privileges.js';
import type { TableFacts } from '../inspect/table.js';
import { probe } from '../probe/probe.js';
import type { DefinitionAhead } from '../probe/relatives.js';
import { tableLabel } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { normalizeDefinition, renamedTo } from '../table/definition.js';
import { promise } from '../verify/definition.js';
import { asksLater, checkCost, checkRows } from './alter-checks.js';
import { forgetChildren } from './children.js';
import { type Choice, choose } from './choose.js';
import { type PlanningContext, tableNamed } from './context.js';
import { estimate, rejectedWithCosts } from './estimate.js';
import { fingerprint } from './fingerprint.js';
import { lookAhead } from './look-ahead.js';
import { plannedSwap } from './planned-swap.js';
import { acceptedIds } from './request.js';
import { sentence } from './sentence.js';
import { watched } from './watched.js';

/**
 * A change of one table: what it costs, what it would do to the rows, and which way is taken.
 * @param approved the same statement in a plan that was approved
 */
export async function planAlter(
  statement: AlterStatement,
  context: PlanningContext,
  approved?: PlannedStatement,
): Promise<{ statement: PlannedAlter; ghost?: PlannedServer['ghOst'] }> {
  const seen = await look(statement, context);
  const found = await check(seen, context);
  const ghost = await assess(seen, context);
  const forecast = await foresee(seen, ghost, found, context, approved);
  const { choice, checks } = await chooseWay(seen, ghost, forecast, found, context);
  await goAhead(seen, context);
  const viaGhost = choice.strategy === 'gh-ost';
  const composed = compose(seen, choice, forecast, context);
  const replicas = viaGhost ? await watched(composed.table, context) : { reasons: [], checks: [] };
  const planned = {
    ...composed,
    reasons: [...composed.reasons, ...replicas.reasons],
    spec: viaGhost ? (ghost.spec ?? statement.spec) : statement.spec,
    checks: viaGhost ? [...checks, ...ghost.warnings, ...replicas.checks] : checks,
  };
  return {
    statement: { ...planned, sentence: sentence(planned) },
    ...(viaGhost && ghost.binary && { ghost: ghost.binary }),
  };
}

/** The facts of a change, and what can be asked of the rows now. */
interface Seen {
  facts: CheckFacts;
  rows: RowsAhead;
}

async function look(statement: AlterStatement, context: PlanningContext): Promise<Seen> {
  const { request, session, server, privileges, options } = context;
  const { settings, emit } = request;
  const { table, rows } = await lookAhead(tableNamed(statement, request), context);
  const kills = settings.killBlockers.afterMs !== undefined;
  requirePrivileges(privileges, table.name.schema, kills ? [killPrivilege(server)] : []);
  await refuseRunningGhost(session, table.name);
  const text = 'Asking the server what the change costs, on an empty clone';
  emit({ type: 'phase', phase: 'probe', table: tableLabel(table.name), text });
  const probed =
    settings.probe === 'off'
      ? ({ kind: 'off' } as const)
      : await probe(
          session,
          { server, table, privileges, ahead: ahead(context) },
          statement,
          settings,
          options,
        );
  return { facts: { server, table, statement, probe: probed }, rows };
}

function ahead({ ahead }: PlanningContext): DefinitionAhead {
  return (name) => {
    const table = ahead.get(name);
    return table?.state === 'known' ? table.facts : table?.state;
  };
}

async function check({ facts, rows }: Seen, context: PlanningContext): Promise<Check[]> {
  const checks = [
    ...runChecks(facts),
    ...(await runServerChecks(facts, context.session)),
    ...(await checkRows(facts, rows, context)),
  ];
  return accept(checks, acceptedIds(context.request));
}

/** gh-ost is asked about only where it could be the answer: most changes never need it. */
async function assess(
  { facts }: Seen,
  { request, session, privileges }: PlanningContext,
): Promise<GhostAssessment> {
  const { settings } = request;
  const { probe: probed } = facts;
  const cheap = probed.kind === 'applies' && (probed.class === 'instant' || probed.class === 'metadata');
  const settled = probed.kind !== 'applies' && probed.kind !== 'off';
  if (settled || (cheap && settings.strategy !== 'gh-ost')) return { obstacles: [], warnings: [] };
  return assessGhost({ ...facts, session, privileges, settings });
}

/** What is refused anyway is not worth a sample. */
async function foresee(
  { facts, rows }: Seen,
  ghost: GhostAssessment,
  checks: readonly Check[],
  { request, session, privileges }: PlanningContext,
  approved: PlannedStatement | undefined,
): Promise<Forecast> {
  const { settings, emit, signal } = request;
  const isRefused = standingDanger(checks) !== undefined;
  const how = isRefused
    ? { ...settings, checks: { ...settings.checks, forecast: 'rates' as const } }
    : settings;
  return foretold(
    { ...facts, session, privileges, settings: how, ghost, rowsAhead: rows, emit, signal },
    approved,
  );
}

async function chooseWay(
  { facts }: Seen,
  ghost: GhostAssessment,
  forecast: Forecast,
  checks: readonly Check[],
  context: PlanningContext,
): Promise<{ choice: Choice; checks: readonly Check[] }> {
  const { server, request } = context;
  const choosing = {
    probe: facts.probe,
    durations: forecast.durations,
    ...(server.topology.replicas !== undefined && { replicas: server.topology.replicas }),
    ghostObstacles: ghost.obstacles,
    ...(ghost.key !== undefined && { ghostKey: ghost.key }),
    checks,
    asserted: facts.statement.asserted,
    settings: request.settings,
  };
  const choice = choose(choosing);
  const cost = estimate(facts.table, choice, forecast, server, request.settings);
  const all = [...checks, ...(await checkCost({ choice, estimate: cost }, context))];
  // A danger among the new ones refuses what was chosen; where there is none, the choice is the same.
  return { choice: choose({ ...choosing, checks: all }), checks: all };
}

/** What the statements after this one will find. */
async function goAhead({ facts, rows }: Seen, context: PlanningContext): Promise<void> {
  const { table, probe: probed, statement } = facts;
  if (probed.kind !== 'applies') return;
  const { columnsAdded, columnsDropped, columnsChanged } = probed.difference;
  const keepsColumns = columnsAdded.length + columnsDropped.length + columnsChanged.length === 0;
  const definition = renamedTo(probed.after.definition, table.name.name);
  const now = rows === 'there' && !keepsColumns ? 'reshaped' : rows;
  const after = { ...table, ...probed.after, definition };
  context.ahead.set(table.name, { state: 'known', facts: after, rows: now });
  await forgetChildren(
    table,
    statement.renames.map(({ from }) => from),
    context,
  );
}

function compose({ facts, rows }: Seen, choice: Choice, forecast: Forecast, { request }: PlanningContext) {
  const { server, table, statement, probe: probed } = facts;
  const { settings } = request;
  return {
    kind: 'alter',
    sql: statement.sql,
    table: table.name,
    ...choice,
    rejected: rejectedWithCosts(choice, table, server, settings),
    estimate: estimate(table, choice, forecast, server, settings),
    ...(probed.kind === 'applies' && { compatibility: compatibility({ ...facts, probe: probed }) }),
    ...(asksLater(facts, rows) && { asksLater: true as const }),
    ...(choice.strategy === 'gh-ost' && { swap: plannedSwap(settings.cutOver) }),
    promise: promised(table, facts),
    fingerprint: fingerprint(
      server,
      table.name,
      normalizeDefinition(table.definition),
      statement.spec,
      settings,
    ),
  } as const;
}

function promised({ definition }: TableFacts, { probe: probed, statement: { renames } }: CheckFacts) {
  if (probed.kind !== 'applies') return { before: normalizeDefinition(definition), ordered: true, renames };
  return { ...promise(definition, probed.before.definition, probed.after.definition), renames };
}

/**
 * How long each way will take. Where a plan was approved, what it foretold: a new sample would give other figures,
 * and with them perhaps another way than the one that was approved.
 */
async function foretold(facts: ForecastFacts, approved: PlannedStatement | undefined): Promise<Forecast> {
  if (approved?.kind !== 'alter') return forecast(facts);
  const { strategy, class: costClass, estimate, rejected } = approved;
  const isGhost = strategy === 'gh-ost';
  const direct = isGhost
    ? rejected.find((each) => each.strategy !== 'gh-ost')?.durationMs
    : estimate.durationMs;
  const ghost = isGhost
    ? estimate.durationMs
    : rejected.find((each) => each.strategy === 'gh-ost')?.durationMs;
  const durations: Partial<Record<CostClass | 'gh-ost', DurationRange>> = {
    ...(direct && { [costClass]: direct }),
    ...(ghost && { 'gh-ost': ghost }),
  };
  const { sampledRows, corrected, writesPerSecond } = estimate;
  return {
    durations,
    ...(sampledRows !== undefined && { sampledRows }),
    ...(corrected && { corrected }),
    ...(writesPerSecond !== undefined && { writesPerSecond }),
  };
}
