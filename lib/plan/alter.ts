import { questionsOf, runChecks, runCostChecks, runServerChecks } from '../checks/all.js';
import { accept, standingDanger } from '../checks/shared/accept.js';
import { askRows } from '../checks/shared/ask-rows.js';
import type { CheckFacts } from '../checks/shared/facts.js';
import { areUntouched, emptiedColumns, type RowsAhead, rowsAfter } from '../checks/shared/rows-ahead.js';
import { compatibility } from '../compatibility/compatibility.js';
import type { Check, PlannedAlter, PlannedServer, PlannedStatement, PlannedSwap } from '../documents/plan.js';
import type { Assessment } from '../engines/engine.js';
import { refuseRunningGhost } from '../engines/gh-ost/tables/lock.js';
import { engineOf, engines } from '../engines/list.js';
import { type Forecast, forecast } from '../forecast/forecast.js';
import { readBinlogRetention, readFreeSpace } from '../inspect/disk.js';
import { killPrivilege, requirePrivileges } from '../inspect/privileges.js';
import { retryWhileLocked } from '../mysql/retry-while-locked.js';
import { isServerLocked } from '../probe/faults.js';
import { probe } from '../probe/probe.js';
import type { Question } from '../rows/question.js';
import type { CutOverSettings } from '../settings/settings.js';
import { writeWindow } from '../settings/window.js';
import { tableLabel } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { normalizeDefinition, renamedTo } from '../table/forms.js';
import { promise } from '../verify/definition.js';
import { isKnownEmpty } from './ahead.js';
import { choose } from './choose.js';
import { type PlanningContext, tableNamed } from './context.js';
import { asPredicted, estimate, rejectedWithCosts } from './estimate.js';
import { fingerprint } from './fingerprint.js';
import type { Assessments, Choice } from './first-choice.js';
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
  const predicted = await predict(seen, assessments, found, context, approved);
  const { choice, checks } = await chooseWay(seen, assessments, predicted, found, context);
  await goAhead(seen, context);
  return compose(seen, choice, checks, assessments, predicted, context);
}

/** The facts of a change, and what can be asked of the rows now. */
interface Seen {
  facts: CheckFacts;
  rows: RowsAhead;
}

async function look(statement: AlterStatement, context: PlanningContext): Promise<Seen> {
  const { request, session, server, privileges, options, ahead } = context;
  const { settings } = request;
  const asked = tableNamed(statement, request);
  phase(context, 'inspect', tableLabel(asked), `Looking at ${tableLabel(asked)}`);
  const { facts: table, rows } = await ahead.toChange(asked);
  const kills = settings.killBlockers.afterMs !== undefined;
  requirePrivileges(privileges, table.name.schema, kills ? [killPrivilege(server)] : []);
  await refuseRunningGhost(session, table.name);
  const text = 'Asking the server what the change costs, on an empty clone';
  phase(context, 'probe', tableLabel(table.name), text);
  if (settings.probe === 'off') return { facts: { server, table, statement, probe: { kind: 'off' } }, rows };
  const relatives: Parameters<typeof probe>[1]['ahead'] = (name) => {
    const planned = ahead.get(name);
    return planned?.state === 'known' ? planned.facts : planned?.state;
  };
  const facts = { server, table, privileges, ahead: relatives };
  const probed = await retryWhileLocked(() => probe(session, facts, statement, settings, options), {
    budgetMs: settings.lockBudgetMs,
    signal: request.signal,
    isLocked: isServerLocked,
    onRetry: (attempt, error) => {
      const why = `${error instanceof Error ? error.message : String(error)} Trying again.`;
      const label = tableLabel(table.name);
      request.emit({ type: 'attempt', table: label, attempt, lockWaitSeconds: 1, text: why, blockers: [] });
    },
  });
  const seen = { server, table, statement, probe: probed };
  return { facts: { ...seen, ...(await emptiedBy(seen, rows, context)) }, rows };
}

/** Columns that lose their values over several statements. In an empty table, none does. */
async function emptiedBy(
  facts: CheckFacts,
  rows: RowsAhead,
  { session, number }: PlanningContext,
): Promise<Pick<CheckFacts, 'emptied'>> {
  const { probe } = facts;
  if (probe.kind !== 'applies' || rows.kind !== 'present' || number === 1) return {};
  const emptied = emptiedColumns(rows, rowsAfter(rows, { ...facts, probe }, number));
  if (emptied.length === 0 || (await isKnownEmpty({ facts: facts.table, rows }, session))) return {};
  return { emptied };
}

function phase(
  { request }: PlanningContext,
  phase: 'inspect' | 'probe' | 'check',
  table: string,
  text: string,
): void {
  request.emit({ type: 'phase', phase, table, text });
}

async function check(seen: Seen, context: PlanningContext): Promise<Check[]> {
  const { facts } = seen;
  const checks = [
    ...runChecks(facts),
    ...(await runServerChecks(facts, context.session)),
    ...(await checkRows(seen, context)),
  ];
  return accept(checks, acceptedIds(context.request));
}

/** Asks the rows what only they can tell. What an earlier statement decides is asked after that. */
async function checkRows(seen: Seen, context: PlanningContext): Promise<Check[]> {
  const questions = questionsIn(seen, context);
  if (questions.length === 0) return [];
  const { request, server } = context;
  const { rows } = seen.facts.table;
  const name = seen.rows.kind === 'present' ? seen.rows.from : seen.facts.table.name;
  const label = tableLabel(name);
  phase(context, 'check', label, `Looking for rows of ${label} that do not fit`);
  const { settings, emit, signal } = request;
  return askRows(questions, { table: { name, ...(rows && { rows }) }, server, settings, emit, signal });
}

function questionsIn({ facts, rows }: Seen, { ahead }: PlanningContext): Question[] {
  return questionsOf(facts, { rows, whyOthers: (read) => ahead.whyOthers(read) });
}

/** An engine other than the server's own ALTER is asked only if it could be the answer: most changes never need one. */
async function assess({ facts }: Seen, context: PlanningContext): Promise<Assessments> {
  const { request, session, privileges } = context;
  const { settings } = request;
  const { probe: probed } = facts;
  const isOpen = probed.kind === 'applies' || probed.kind === 'off';
  const isCheap = probed.kind === 'applies' && (probed.class === 'instant' || probed.class === 'metadata');
  const found = new Map<string, Assessment>();
  for (const engine of request.engines ?? engines) {
    if (!isOpen || (isCheap && settings.strategy !== engine.name)) continue;
    found.set(engine.name, await engine.assess({ ...facts, session, privileges, settings }));
  }
  return found;
}

/**
 * How long each way will take. If a plan was approved, what it predicted: a new sample would give other figures, and with
 * them perhaps another way than the one that was approved. What is refused anyway is not worth a sample.
 */
async function predict(
  { facts, rows }: Seen,
  assessments: Assessments,
  checks: readonly Check[],
  { request, session, privileges }: PlanningContext,
  approved: PlannedStatement | undefined,
): Promise<Forecast> {
  if (approved?.kind === 'alter') return asPredicted(approved);
  const { settings, emit, signal, decisions } = request;
  return forecast({
    ...facts,
    session,
    privileges,
    settings,
    measures: decisions?.forecast !== 'rates' && standingDanger(checks) === undefined,
    ghost: assessments.get('gh-ost') ?? { obstacles: [] },
    isThere: areUntouched(rows, facts.table),
    emit,
    signal,
  });
}

async function chooseWay(
  { facts }: Seen,
  assessments: Assessments,
  predicted: Forecast,
  checks: readonly Check[],
  context: PlanningContext,
): Promise<{ choice: Choice; checks: readonly Check[] }> {
  const { server, request } = context;
  const choosing = {
    probe: facts.probe,
    durations: predicted.durations,
    ...(server.topology.replicas !== undefined && { replicas: server.topology.replicas }),
    assessments,
    checks,
    asserted: facts.statement.asserted,
    settings: request.settings,
  };
  const choice = choose(choosing, request.engines);
  const all = [...checks, ...(await checkCost(facts, choice, predicted, context))];
  // A danger among the new ones refuses what was chosen; without one, the choice is the same.
  return { choice: choose({ ...choosing, checks: all }, request.engines), checks: all };
}

/** Whether the server has room for the chosen strategy, and keeps its binlogs for long enough. */
async function checkCost(
  { table }: CheckFacts,
  choice: Choice,
  predicted: Forecast,
  context: PlanningContext,
): Promise<Check[]> {
  const { session, server, request } = context;
  const engine = engineOf(choice.strategy, request.engines);
  if (engine === undefined || choice.strategy === 'instant') return [];
  const facts = {
    choice,
    estimate: estimate(choice, predicted, measureOf(table, context)),
    free: await readFreeSpace(session, request.settings.connection),
    retention: engine.copiesTable ? await readBinlogRetention(session, server) : ('never' as const),
  };
  return accept(runCostChecks(facts), acceptedIds(request));
}

function measureOf(table: CheckFacts['table'], { server, request }: PlanningContext) {
  const { engines: list = engines, settings } = request;
  return { table, topology: server.topology, ghost: settings.ghost, engines: list };
}

/** What the statements after this one will find. */
async function goAhead({ facts, rows }: Seen, { ahead, number }: PlanningContext): Promise<void> {
  const { table, probe: probed, statement } = facts;
  if (probed.kind !== 'applies') return;
  const definition = renamedTo(probed.after.definition, table.name.name);
  const now = rowsAfter(rows, { ...facts, probe: probed }, number);
  ahead.set(table.name, { state: 'known', facts: { ...table, ...probed.after, definition }, rows: now });
  await ahead.renameColumns(
    table,
    statement.renames.map(({ from }) => from),
  );
}

async function compose(
  { facts, rows }: Seen,
  choice: Choice,
  checks: readonly Check[],
  assessments: Assessments,
  predicted: Forecast,
  context: PlanningContext,
): Promise<{ statement: PlannedAlter; ghost?: PlannedServer['ghOst'] }> {
  const { server, table, statement, probe: probed } = facts;
  const { settings, engines } = context.request;
  const { definition } = table;
  const { renames } = statement;
  const measure = measureOf(table, context);
  const engine = engineOf(choice.strategy, engines);
  const remarks = await engine?.remarks?.(table.name, { ...context, settings });
  const { spec = statement.spec, warnings = [], binary } = assessments.get(engine?.name ?? '') ?? {};
  const asksLater = questionsIn({ facts, rows }, context).some(({ kind }) => kind === 'later');
  const planned = {
    kind: 'alter',
    sql: statement.sql,
    table: table.name,
    ...choice,
    reasons: [...choice.reasons, ...(remarks?.reasons ?? [])],
    rejected: rejectedWithCosts(choice, measure),
    estimate: estimate(choice, predicted, measure),
    ...(probed.kind === 'applies' && { compatibility: compatibility({ ...facts, probe: probed }) }),
    ...(asksLater && { asksLater }),
    ...(engine?.copiesTable && { swap: plannedSwap(settings.cutOver) }),
    promise:
      probed.kind === 'applies'
        ? { ...promise(definition, probed.before.definition, probed.after.definition), renames }
        : { before: normalizeDefinition(definition), ordered: true, renames },
    spec,
    checks: [...checks, ...warnings, ...(remarks?.checks ?? [])],
    fingerprint: fingerprint(server, table.name, normalizeDefinition(definition), statement.spec, settings),
  } as const;
  return { statement: { ...planned, sentence: sentence(planned) }, ...(binary && { ghost: binary }) };
}

export function plannedSwap({ when, window, gate, waitMs, stallTotalMs }: CutOverSettings): PlannedSwap {
  return {
    when,
    ...(window && { window: writeWindow(window) }),
    ...(gate !== undefined && { gate: true }),
    ...(waitMs !== undefined && { waitMs }),
    totalStallMs: stallTotalMs,
  };
}
