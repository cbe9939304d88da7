import { exitCodes, Fault } from './fault.js';
import { assessGhost, type GhostAssessment } from './ghost/assess.js';
import { refuseRunningGhost } from './ghost/refuse-running.js';
import { type Privileges, readPrivileges } from './inspect/privileges.js';
import { refuseServer } from './inspect/refuse-server.js';
import { requirePrivileges } from './inspect/require-privileges.js';
import { inspectServer, type ServerFacts } from './inspect/server.js';
import { inspectTable, type TableFacts } from './inspect/table.js';
import { type Session, withSession } from './mysql/session.js';
import { runChecks } from './plan/checks/all.js';
import { choose } from './plan/choose.js';
import { predictDurations } from './plan/durations.js';
import { estimate } from './plan/estimate.js';
import { fingerprint, planId } from './plan/fingerprint.js';
import type { Plan, PlannedServer, PlannedStatement } from './plan/plan.js';
import { tableLabel } from './plan/table-label.js';
import { normalizeDefinition, renamedTo } from './probe/definition.js';
import { type Probe, type ProbeOptions, probe } from './probe/probe.js';
import type { Request } from './request.js';
import type { AlterStatement } from './sql/statement.js';
import { promise } from './verify/definition.js';

/**
 * Looks, tries on clones, and chooses, for every statement before the first one runs. A second statement on a
 * table is planned on the definition that the first will leave.
 * @throws {Fault} where the server or the account cannot serve, or a statement is wrong
 */
export async function makePlan(request: Request, options: ProbeOptions = {}): Promise<Plan> {
  return withSession(request.settings.connection, {}, async (session) => {
    const server = await inspectServer(session);
    refuseServer(server);
    const context = { request, session, server, privileges: await readPrivileges(session), options };
    const statements: PlannedStatement[] = [];
    const tables = new Map<string, TableFacts>();
    let ghost: PlannedServer['ghOst'];
    for (const statement of request.statements) {
      request.signal.throwIfAborted();
      const planned = await planStatement(statement, context, tables);
      statements.push(planned.statement);
      ghost ??= planned.ghost;
    }
    const content = { server: plannedServer(server, ghost), statements };
    return { version: 1, id: planId(content), createdAt: new Date().toISOString(), ...content };
  });
}

interface Context {
  request: Request;
  session: Session;
  server: ServerFacts;
  privileges: Privileges;
  options: ProbeOptions;
}

async function planStatement(
  statement: AlterStatement,
  { request, session, server, privileges, options }: Context,
  tables: Map<string, TableFacts>,
): Promise<{ statement: PlannedStatement; ghost?: PlannedServer['ghOst'] }> {
  const { settings, emit } = request;
  const asked = { schema: schemaOf(statement, request), name: statement.table };
  const spelt = tableLabel(asked);
  emit({ type: 'phase', phase: 'inspect', table: spelt, text: `Looking at ${spelt}` });
  const inspected = tables.get(spelt) ?? (await inspectTable(session, server, asked));
  const { name } = inspected;
  const label = tableLabel(name);
  const table = tables.get(label) ?? inspected;
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
  if (probed.kind === 'applies') {
    tables.set(label, {
      ...table,
      ...probed.after,
      definition: renamedTo(probed.after.definition, name.name),
    });
  }
  const durations = predictDurations(server, table.size, table.rows);
  const ghost = await assess(statement, table, probed, { request, session, server, privileges, options });
  const checks = runChecks({ server, table, statement, probe: probed });
  const choice = choose({
    probe: probed,
    durations,
    ...(server.topology.replicas !== undefined && { replicas: server.topology.replicas }),
    ghostObstacles: ghost.obstacles,
    ...(ghost.key !== undefined && { ghostKey: ghost.key }),
    checks,
    asserted: statement.asserted,
    settings,
  });
  const definition = normalizeDefinition(table.definition);
  const seconds = settings.ghost.cutOverLockTimeoutSeconds;
  const planned: PlannedStatement = {
    sql: statement.sql,
    table: name,
    spec: choice.strategy === 'gh-ost' ? (ghost.spec ?? statement.spec) : statement.spec,
    ...choice,
    estimate: estimate(table, choice.strategy, choice.class, durations, seconds),
    checks: choice.strategy === 'gh-ost' ? [...checks, ...ghost.warnings] : checks,
    promise: promised(table, probed, statement.renames),
    fingerprint: fingerprint(server, definition, statement.spec, settings),
  };
  return { statement: planned, ...(choice.strategy === 'gh-ost' && ghost.binary && { ghost: ghost.binary }) };
}

/** gh-ost is asked about only where it could be the answer: most changes never need it. */
async function assess(
  statement: AlterStatement,
  table: TableFacts,
  probed: Probe | { kind: 'off' },
  { request, session, server, privileges }: Context,
): Promise<GhostAssessment> {
  const cheap = probed.kind === 'applies' && (probed.class === 'instant' || probed.class === 'metadata');
  const settled = probed.kind !== 'applies' && probed.kind !== 'off';
  if (settled || (cheap && request.settings.strategy !== 'gh-ost')) return { obstacles: [], warnings: [] };
  return assessGhost({
    session,
    server,
    table,
    privileges,
    statement,
    probe: probed,
    settings: request.settings,
  });
}

function promised(table: TableFacts, probed: Probe | { kind: 'off' }, renames: AlterStatement['renames']) {
  const before = normalizeDefinition(table.definition);
  if (probed.kind !== 'applies') return { before, ordered: true, renames };
  return { ...promise(table.definition, probed.before.definition, probed.after.definition), renames };
}

function schemaOf(statement: AlterStatement, { settings }: Request): string {
  const { database } = settings.connection;
  const schema = statement.schema ?? database;
  if (schema === undefined) {
    throw new Fault(
      `In which schema is ${statement.table}? The statement does not say, and there is no --database.`,
      {
        id: 'no-schema',
        exitCode: exitCodes.usage,
        next: 'Write schema.table, or give --database.',
      },
    );
  }
  if (database !== undefined && schema !== database) {
    throw new Fault(`The statement is about ${schema}.${statement.table}, and --database is ${database}.`, {
      id: 'other-schema',
      exitCode: exitCodes.usage,
      next: 'Leave --database out, or correct one of the two.',
    });
  }
  return schema;
}

function plannedServer(server: ServerFacts, ghOst: PlannedServer['ghOst']): PlannedServer {
  return {
    flavor: server.flavor,
    version: server.version.text,
    ...(server.uuid !== undefined && { uuid: server.uuid }),
    host: server.host,
    ...(server.topology.replicas !== undefined && { replicas: server.topology.replicas }),
    ...(ghOst && { ghOst }),
  };
}
