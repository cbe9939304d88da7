import { accept, fixOrAccept, standingDangers } from '../../checks/shared/accept.js';
import type { Check, Estimate, PlannedPlain } from '../../documents/plan.js';
import { exitCodes } from '../../exit-code.js';
import type { ServerFacts } from '../../inspect/server.js';
import { isServerError, isSyntaxError } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import { quoteString, type TableName } from '../../sql/names.js';
import { decidesWhatPasses } from '../../sql/session-hazards.js';
import type { PlainStatement } from '../../sql/statement.js';
import { type PlanningContext, tableNamed } from '../context.js';
import { plainFingerprint } from '../fingerprint.js';
import { reasons } from '../reasons.js';
import { acceptedIds } from '../request.js';
import { sentence } from '../sentence.js';
import { createTable } from './create-table.js';
import { dropTable, renameTable, truncateTable } from './existing-tables.js';
import { type Outlook, refused } from './outlook.js';
import { writeRows } from './write-rows.js';

/** A statement that is no change of an existing table's schema: what it touches, and whether it can be run. */
export async function planPlain(statement: PlainStatement, context: PlanningContext): Promise<PlannedPlain> {
  const { request, server, ahead, session } = context;
  const { sql, verb } = statement;
  const names = statement.tables.map((table) => tableNamed(table, request));
  const wrong = ahead.isSetOtherwise ? undefined : await refuseSyntax(session, sql);
  const outlook = wrong ?? (await outlookOf(statement, names, context));
  if (verb === 'SET' && decidesWhatPasses(sql)) ahead.isSetOtherwise = true;
  if (verb === 'CREATE') ahead.hasNewTriggers = true;
  const checks = accept(outlook.checks ?? [], acceptedIds(request));
  const [table] = names;
  const planned = {
    kind: 'plain',
    sql,
    verb,
    class: 'unknown',
    ...(table && { table }),
    touches: [...names, ...statement.tables.flatMap(({ to }) => (to ? [tableNamed(to, request)] : []))],
    rejected: [],
    estimate: {
      rough: true,
      ...(outlook.rows && { rows: outlook.rows.count, rowsExact: outlook.rows.exact }),
      ...timesOf(outlook, server),
    },
    checks,
    fingerprint: plainFingerprint(server, sql, request.settings.connection.database),
    ...settled(outlook, checks),
  } as const satisfies Omit<PlannedPlain, 'sentence'>;
  return { ...planned, sentence: sentence(planned) };
}

async function outlookOf(
  statement: PlainStatement,
  names: readonly TableName[],
  context: PlanningContext,
): Promise<Outlook> {
  const { verb, sql, conditional, tables } = statement;
  const [name] = names;
  switch (verb) {
    case 'CREATE TABLE':
      if (name) return createTable(statement, name, context);
      break;
    case 'DROP TABLE':
      return dropTable(conditional, names, context);
    case 'TRUNCATE TABLE':
      if (name) return truncateTable(name, context);
      break;
    case 'RENAME TABLE': {
      const pairs = tables.flatMap(({ to, ...from }) =>
        to ? [{ from: tableNamed(from, context.request), to: tableNamed(to, context.request) }] : [],
      );
      return renameTable(pairs, context);
    }
    case 'INSERT':
    case 'REPLACE':
    case 'UPDATE':
    case 'DELETE':
      return writeRows(statement, names, context);
    case 'SET': {
      const text = 'Holds for the plain statements after it; tables are changed in sessions of their own.';
      return { reasons: [reasons.plain(text)], checks: setGlobal(sql) };
    }
  }
  return { reasons: [reasons.plain('Runs as it stands.')] };
}

/** A replica begins with a transaction when the primary has ended it. */
function timesOf({ durationMs }: Outlook, { topology }: ServerFacts): Partial<Estimate> {
  if (durationMs === undefined) return {};
  return { durationMs, ...(topology.replicas !== 0 && { replicaDelayMs: durationMs }) };
}

function setGlobal(sql: string): Check[] {
  if (!/\b(?:GLOBAL|PERSIST|PERSIST_ONLY)\b|@@(?:GLOBAL|PERSIST)/i.test(sql)) return [];
  return [
    {
      id: 'set-global',
      level: 'warning',
      text: 'It changes the server for everybody, and stays changed.',
      fix: 'Leave it out of the migration, and set it where the server is configured.',
    },
  ];
}

function settled(
  { settled, reasons }: Outlook,
  checks: readonly Check[],
): Pick<PlannedPlain, 'strategy' | 'reasons' | 'refusal'> {
  if (settled !== undefined) return { reasons, ...settled };
  const dangers = standingDangers(checks);
  const [danger] = dangers;
  if (danger === undefined) return { strategy: 'plain', reasons };
  return {
    strategy: 'refuse',
    reasons: [{ id: danger.id, text: danger.text }],
    refusal: { exitCode: exitCodes.refused, next: fixOrAccept(dangers) },
  };
}

/**
 * Has the server read a statement without running it: PREPARE parses the text as it stands (manual, "PREPARE
 * Statement"). What cannot be prepared (1295: triggers, routines), or not without a default schema, is not judged.
 * @returns the refusal if it does not parse
 */
async function refuseSyntax(session: Session, sql: string): Promise<Outlook | undefined> {
  try {
    await session.execute(`PREPARE alterwise_reads FROM ${quoteString(sql)}`);
    await session.execute('DEALLOCATE PREPARE alterwise_reads');
    return undefined;
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (!isSyntaxError(error)) return undefined;
    const next = 'Fix the statement at the place that the server names.';
    return refused(reasons.serverRejects(error), exitCodes.usage, next);
  }
}
