import { readPrivileges } from '../inspect/privileges.js';
import { refuseServer } from '../inspect/refuse-server.js';
import { inspectServer, type ServerFacts } from '../inspect/server.js';
import { withSession } from '../mysql/session.js';
import { planId } from '../plan/fingerprint.js';
import { offers } from '../plan/offers.js';
import type { Plan, PlannedServer, PlannedStatement } from '../plan/plan.js';
import { review } from '../plan/review.js';
import type { ProbeOptions } from '../probe/probe.js';
import type { Request } from '../request.js';
import { SchemaAhead } from './ahead.js';
import type { PlanningContext } from './context.js';
import { planAlter } from './plan-alter.js';
import { planPlain } from './plan-plain.js';

/**
 * Looks, tries on clones, and chooses, for every statement before the first one runs: each on the schema as the
 * statements before it will leave it.
 * @throws {Fault} where the server or the account cannot serve, or a statement is wrong
 */
export async function makePlan(request: Request, options: ProbeOptions = {}): Promise<Plan> {
  return withSession(request.settings.connection, {}, async (session) => {
    const server = await inspectServer(session);
    refuseServer(server);
    const privileges = await readPrivileges(session);
    const context = { request, session, server, privileges, options, ahead: new SchemaAhead() };
    const statements: PlannedStatement[] = [];
    let ghost: PlannedServer['ghOst'];
    for (const statement of request.statements) {
      request.signal.throwIfAborted();
      const planned = await planStatement(statement, context);
      statements.push(planned.statement);
      ghost ??= planned.ghost;
    }
    return asPlan(plannedServer(server, ghost), statements, request);
  });
}

async function planStatement(
  statement: Request['statements'][number],
  context: PlanningContext,
): Promise<{ statement: PlannedStatement; ghost?: PlannedServer['ghOst'] }> {
  if (statement.kind === 'alter') return planAlter(statement, context);
  return { statement: await planPlain(statement, context) };
}

function asPlan(server: PlannedServer, statements: readonly PlannedStatement[], { settings }: Request): Plan {
  const offered = offers(statements);
  return {
    version: 1,
    id: planId(server, statements),
    createdAt: new Date().toISOString(),
    server,
    statements,
    review: review(statements, settings.review),
    ...(offered.length > 0 && { offers: offered }),
  };
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
