import type { Plan, PlannedServer, PlannedStatement } from '../documents/plan.js';
import { readPrivileges } from '../inspect/privileges.js';
import { inspectServer, refuseServer, type ServerFacts } from '../inspect/server.js';
import { withSession } from '../mysql/session.js';
import type { ProbeOptions } from '../probe/probe.js';
import { SchemaAhead, type TableAhead } from './ahead.js';
import { planAlter } from './alter.js';
import { offers } from './combine.js';
import { type PlanningContext, tableNamed } from './context.js';
import { findEarlier } from './earlier.js';
import { planId } from './fingerprint.js';
import { asNothing, undoes } from './index-readded.js';
import { planPlain } from './plain/plain.js';
import { type Request, reviewLimit } from './request.js';
import { afterEarlier, recordedStatement } from './resuming.js';
import { review } from './review.js';

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
    const earlier = await findEarlier(request, session, server);
    const ahead = new SchemaAhead(session, server);
    const shared = { request, session, server, privileges, options, ahead, ...(earlier && { earlier }) };
    const statements: PlannedStatement[] = [];
    const before: (TableAhead | undefined)[] = [];
    let ghost: PlannedServer['ghOst'];
    for (const [index, statement] of request.statements.entries()) {
      request.signal.throwIfAborted();
      if (statement.kind === 'alter') before[index] = ahead.get(tableNamed(statement, request));
      const planned = await planStatement(statement, index, { ...shared, number: index + 1 });
      statements.push(planned.statement);
      ghost ??= planned.ghost;
      leaveAlone(statements, before, shared);
    }
    return asPlan(plannedServer(server, ghost), statements, request);
  });
}

/** Where the last statement undoes an earlier one, both are nothing to do, and the table stays as it was before them. */
function leaveAlone(
  statements: PlannedStatement[],
  before: readonly (TableAhead | undefined)[],
  { request, ahead }: Pick<PlanningContext, 'request' | 'ahead'>,
): void {
  const second = statements.length - 1;
  const first = undoes(request.statements, statements, second);
  if (first === undefined) return;
  for (const index of [first, second]) {
    const statement = statements[index];
    if (statement?.kind === 'alter') statements[index] = asNothing(statement, [first + 1, second + 1]);
  }
  const table = statements[first]?.table;
  if (table !== undefined) ahead.set(table, before[first]);
}

async function planStatement(
  statement: Request['statements'][number],
  index: number,
  context: PlanningContext,
): Promise<{ statement: PlannedStatement; ghost?: PlannedServer['ghOst'] }> {
  const recorded = recordedStatement(statement, index, context);
  if (recorded !== undefined) return { statement: recorded };
  if (statement.kind === 'alter')
    return planAlter(statement, context, context.request.approved?.statements[index]);
  return { statement: afterEarlier(await planPlain(statement, context), statement, index, context) };
}

function asPlan(server: PlannedServer, statements: readonly PlannedStatement[], request: Request): Plan {
  const offered = offers(statements);
  return {
    version: 1,
    id: planId(server, statements),
    createdAt: new Date().toISOString(),
    server,
    statements,
    review: review(statements, reviewLimit(request)),
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
