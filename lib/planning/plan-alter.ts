import { exitCodes, Fault } from '../fault.js';
import { assessGhost, type GhostAssessment } from '../ghost/assess.js';
import { refuseRunningGhost } from '../ghost/refuse-running.js';
import { requirePrivileges } from '../inspect/require-privileges.js';
import { inspectTable, type TableFacts } from '../inspect/table.js';
import { accept } from '../plan/accept.js';
import { runChecks, runServerChecks } from '../plan/checks/all.js';
import { choose } from '../plan/choose.js';
import { compatibility } from '../plan/compatibility.js';
import { estimate, rejectedWithCosts } from '../plan/estimate.js';
import { fingerprint } from '../plan/fingerprint.js';
import type { PlannedAlter, PlannedServer, PlannedStatement, TableName } from '../plan/plan.js';
import { sentence } from '../plan/sentence.js';
import { tableLabel } from '../plan/table-label.js';
import { normalizeDefinition, renamedTo } from '../probe/definition.js';
import { type Probe, probe } from '../probe/probe.js';
import type { AlterStatement } from '../sql/statement.js';
import { promise } from '../verify/definition.js';
import type { RowsAhead } from './ahead.js';
import { checkCost } from './check-cost.js';
import { asksLater, checkRows } from './check-rows.js';
import { acceptedIds, type PlanningContext, tableNamed } from './context.js';
import { foretold } from './foretold.js';

/**
 * A change of one table: what it costs, what it would do to the rows, and which way is taken.
 * @param approved the same statement in a plan that was approved
 */
export async function planAlter(
  statement: AlterStatement,
  context: PlanningContext,
  approved?: PlannedStatement,
): Promise<{ statement: PlannedAlter; ghost?: PlannedServer['ghOst'] }> {
  const { request, session, server, privileges, options, ahead } = context;
  const { settings, emit } = request;
  const { table, rows } = await lookAhead(tableNamed(statement, request), context);
  const { name } = table;
  const label = tableLabel(name);
  requirePrivileges(privileges, name.schema);
  await refuseRunningGhost(session, name);
  emit({
    type: 'phase',
    phase: 'probe',
    table: label,
    text: 'Asking the server what the change costs, on an empty clone',
  });
  const probed =
    settings.probe === 'off'
      ? ({ kind: 'off' } as const)
      : await probe(session, { server, table, privileges }, statement, settings, options);
  const facts = { server, table, statement, probe: probed };
  const checks = accept(
    [
      ...runChecks(facts),
      ...(await runServerChecks(facts, session)),
      ...(await checkRows(facts, rows, context)),
    ],
    acceptedIds(request),
  );
  const ghost = await assess(statement, table, probed, context);
  const durations = await foretold(
    { ...facts, session, privileges, settings, ghost, rowsAhead: rows, emit, signal: request.signal },
    approved,
  );
  const choosing = {
    probe: probed,
    durations: durations.durations,
    ...(server.topology.replicas !== undefined && { replicas: server.topology.replicas }),
    ghostObstacles: ghost.obstacles,
    ...(ghost.key !== undefined && { ghostKey: ghost.key }),
    checks,
    asserted: statement.asserted,
    settings,
  };
  const first = choose(choosing);
  const cost = estimate(table, first, durations, server, settings);
  const costChecks = await checkCost({ choice: first, estimate: cost }, context);
  const allChecks = [...checks, ...costChecks];
  // A danger among them refuses what was chosen; where there is none, the choice is the same.
  const choice = choose({ ...choosing, checks: allChecks });
  if (probed.kind === 'applies') {
    const definition = renamedTo(probed.after.definition, name.name);
    const after = { ...table, ...probed.after, definition };
    const now = rows === 'there' && keepsColumns(probed) ? 'there' : rows === 'none' ? 'none' : 'reshaped';
    ahead.set(name, { state: 'known', facts: after, rows: now });
  }
  const planned = {
    kind: 'alter',
    sql: statement.sql,
    table: name,
    spec: choice.strategy === 'gh-ost' ? (ghost.spec ?? statement.spec) : statement.spec,
    ...choice,
    rejected: rejectedWithCosts(choice, table, server, settings),
    estimate: estimate(table, choice, durations, server, settings),
    checks: choice.strategy === 'gh-ost' ? [...allChecks, ...ghost.warnings] : allChecks,
    ...(probed.kind === 'applies' && { compatibility: compatibility({ ...facts, probe: probed }) }),
    ...(asksLater(facts, rows) && { asksLater: true as const }),
    promise: promised(table, probed, statement.renames),
    fingerprint: fingerprint(server, name, normalizeDefinition(table.definition), statement.spec, settings),
  } as const;
  return {
    statement: { ...planned, sentence: sentence(planned) },
    ...(choice.strategy === 'gh-ost' && ghost.binary && { ghost: ghost.binary }),
  };
}

/** The table as it is, or as the statements before this one will leave it. */
async function lookAhead(
  asked: TableName,
  { request, session, server, ahead }: PlanningContext,
): Promise<{ table: TableFacts; rows: RowsAhead }> {
  const spelt = tableLabel(asked);
  request.emit({ type: 'phase', phase: 'inspect', table: spelt, text: `Looking at ${spelt}` });
  const found = ahead.get(asked);
  if (found?.state === 'known') return { table: found.facts, rows: found.rows };
  if (found !== undefined)
    throw notForeseen(spelt, found.state === 'gone' ? 'it is dropped or renamed' : found.why);
  const table = await inspectTable(session, server, asked);
  const known = ahead.get(table.name); // by the server's own spelling
  if (known?.state === 'known') return { table: known.facts, rows: known.rows };
  return { table, rows: 'there' };
}

function notForeseen(name: string, why: string): Fault {
  return new Fault(`What ${name} will be when this statement is reached cannot be foretold: ${why}.`, {
    id: 'not-foreseen',
    exitCode: exitCodes.usage,
    next: 'Put the statements from this one on into a file of their own, and plan that when this one has run.',
  });
}

function keepsColumns({ difference }: Extract<Probe, { kind: 'applies' }>): boolean {
  const { columnsAdded, columnsDropped, columnsChanged } = difference;
  return columnsAdded.length + columnsDropped.length + columnsChanged.length === 0;
}

/** gh-ost is asked about only where it could be the answer: most changes never need it. */
async function assess(
  statement: AlterStatement,
  table: TableFacts,
  probed: Probe | { kind: 'off' },
  { request, session, server, privileges }: PlanningContext,
): Promise<GhostAssessment> {
  const cheap = probed.kind === 'applies' && (probed.class === 'instant' || probed.class === 'metadata');
  const settled = probed.kind !== 'applies' && probed.kind !== 'off';
  if (settled || (cheap && request.settings.strategy !== 'gh-ost')) return { obstacles: [], warnings: [] };
  const { settings } = request;
  return assessGhost({ session, server, table, privileges, statement, probe: probed, settings });
}

function promised(table: TableFacts, probed: Probe | { kind: 'off' }, renames: AlterStatement['renames']) {
  const before = normalizeDefinition(table.definition);
  if (probed.kind !== 'applies') return { before, ordered: true, renames };
  return { ...promise(table.definition, probed.before.definition, probed.after.definition), renames };
}
