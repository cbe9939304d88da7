import { runChecks, runServerChecks } from '../checks/all.js';
import { accept, standingDanger } from '../checks/shared/accept.js';
import type { CheckFacts, RowsAhead } from '../checks/shared/facts.js';
import { compatibility } from '../compatibility/compatibility.js';
import type {
  Check,
  CostClass,
  DurationRange,
  PlannedAlter,
  PlannedServer,
  PlannedStatement,
} from '../documents/plan.js';
import type { Assessment, Engine } from '../engines/engine.js';
import { refuseRunningGhost } from '../engines/gh-ost/tables/lock.js';
import { engineOf, engines } from '../engines/list.js';
import { type Forecast, forecast } from '../forecast/forecast.js';
import type { ForecastFacts } from '../forecast/sample.js';
import { killPrivilege, requirePrivileges } from '../inspect/privileges.js';
import type { TableFacts } from '../inspect/table.js';
import { probe } from '../probe/probe.js';
import type { DefinitionAhead } from '../probe/relatives.js';
import { tableLabel } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { normalizeDefinition, renamedTo } from '../table/forms.js';
import { promise } from '../verify/definition.js';
import { asksLater, checkCost, checkRows } from './alter-checks.js';
import { forgetChildren } from './children.js';
import { choose } from './choose.js';
import { type PlanningContext, tableNamed } from './context.js';
import { estimate, rejectedWithCosts } from './estimate.js';
import { fingerprint } from './fingerprint.js';
import type { Assessments, Choice } from './first-choice.js';
import { lookAhead } from './look-ahead.js';
import { plannedSwap } from './planned-swap.js';
import { acceptedIds } from './request.js';
import { sentence } from './sentence.js';

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
  const assessments = await assess(seen, context);
  const forecast = await predict(seen, assessments, found, context, approved);
  const { choice, checks } = await chooseWay(seen, assessments, forecast, found, context);
  await goAhead(seen, context);
  const composed = compose(seen, choice, forecast, context);
  const engine = engineOf(choice.strategy, enginesFor(context));
  const remarks = await engine?.remarks?.(composed.table, { ...context, settings: context.request.settings });
  const { spec, warnings = [], binary } = assessments.get(engine?.name ?? '') ?? {};
  const planned = {
    ...composed,
    reasons: [...composed.reasons, ...(remarks?.reasons ?? [])],
    spec: spec ?? statement.spec,
    checks: [...checks, ...warnings, ...(remarks?.checks ?? [])],
  };
  return {
    statement: { ...planned, sentence: sentence(planned) },
    ...(binary && { ghost: binary }),
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

function enginesFor({ request }: PlanningContext): readonly Engine[] {
  return request.engines ?? engines;
}

/** An engine other than the server's own ALTER is asked only if it could be the answer: most changes never need one. */
async function assess({ facts }: Seen, context: PlanningContext): Promise<Assessments> {
  const { request, session, privileges } = context;
  const { settings } = request;
  const { probe: probed } = facts;
  const isSettled = probed.kind !== 'applies' && probed.kind !== 'off';
  const isCheap = probed.kind === 'applies' && (probed.class === 'instant' || probed.class === 'metadata');
  const asked = enginesFor(context).filter(
    ({ name }) => !isSettled && (!isCheap || settings.strategy === name),
  );
  const found = new Map<string, Assessment>();
  for (const engine of asked) {
    found.set(engine.name, await engine.assess({ ...facts, session, privileges, settings }));
  }
  return found;
}

/** What is refused anyway is not worth a sample. */
async function predict(
  { facts, rows }: Seen,
  assessments: Assessments,
  checks: readonly Check[],
  { request, session, privileges }: PlanningContext,
  approved: PlannedStatement | undefined,
): Promise<Forecast> {
  const { settings, emit, signal, decisions } = request;
  const ghost = assessments.get('gh-ost') ?? { obstacles: [] };
  const measures = decisions?.forecast !== 'rates' && standingDanger(checks) === undefined;
  return approvedOrNew(
    { ...facts, session, privileges, settings, measures, ghost, rowsAhead: rows, emit, signal },
    approved,
  );
}

async function chooseWay(
  { facts }: Seen,
  assessments: Assessments,
  forecast: Forecast,
  checks: readonly Check[],
  context: PlanningContext,
): Promise<{ choice: Choice; checks: readonly Check[] }> {
  const { server, request } = context;
  const choosing = {
    probe: facts.probe,
    durations: forecast.durations,
    ...(server.topology.replicas !== undefined && { replicas: server.topology.replicas }),
    assessments,
    checks,
    asserted: facts.statement.asserted,
    settings: request.settings,
  };
  const list = enginesFor(context);
  const choice = choose(choosing, list);
  const cost = estimate(choice, forecast, measureOf(facts.table, context));
  const all = [...checks, ...(await checkCost({ choice, estimate: cost }, context))];
  // A danger among the new ones refuses what was chosen; without one, the choice is the same.
  return { choice: choose({ ...choosing, checks: all }, list), checks: all };
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

function measureOf(table: TableFacts, context: PlanningContext) {
  const { server, request } = context;
  return { table, topology: server.topology, ghost: request.settings.ghost, engines: enginesFor(context) };
}

function compose({ facts, rows }: Seen, choice: Choice, forecast: Forecast, context: PlanningContext) {
  const { server, table, statement, probe: probed } = facts;
  const { settings } = context.request;
  const measure = measureOf(table, context);
  return {
    kind: 'alter',
    sql: statement.sql,
    table: table.name,
    ...choice,
    rejected: rejectedWithCosts(choice, measure),
    estimate: estimate(choice, forecast, measure),
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
 * How long each way will take. If a plan was approved, what it predicted: a new sample would give other figures,
 * and with them perhaps another way than the one that was approved.
 */
async function approvedOrNew(
  facts: ForecastFacts,
  approved: PlannedStatement | undefined,
): Promise<Forecast> {
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
