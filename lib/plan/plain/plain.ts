import { accept, fixOrAccept, standingDanger, standingDangers } from '../../checks/shared/accept.js';
import type { Check, PlannedPlain, Reason } from '../../documents/plan.js';
import { exitCodes } from '../../exit-code.js';
import { isServerError, isSyntaxError } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import { quoteString, type TableName } from '../../sql/names.js';
import { decidesWhatPasses } from '../../sql/session-hazards.js';
import type { PlainStatement } from '../../sql/statement.js';
import { type PlanningContext, tableNamed } from '../context.js';
import { plainFingerprint } from '../fingerprint.js';
import { acceptedIds } from '../request.js';
import { sentence } from '../sentence.js';
import { createTable } from './create-table.js';
import { dropTable, truncateTable } from './drop-table.js';
import type { Outlook } from './outlook.js';
import { renameTable } from './rename-table.js';
import { writeRows } from './write-rows.js';

/** A statement that is no change of an existing table's schema: what it touches, and whether it can be run. */
export async function planPlain(statement: PlainStatement, context: PlanningContext): Promise<PlannedPlain> {
  const { request, server } = context;
  const names = statement.tables.map((table) => tableNamed(table, request));
  const { ahead, session } = context;
  const refused = ahead.isSetOtherwise ? undefined : await refuseSyntax(session, statement.sql);
  const outlook = refused ?? (await outlookOf(statement, names, context));
  if (statement.verb === 'SET' && decidesWhatPasses(statement.sql)) ahead.isSetOtherwise = true;
  const checks = accept(outlook.checks ?? [], acceptedIds(request));
  const touches = [...names, ...statement.tables.flatMap(({ to }) => (to ? [tableNamed(to, request)] : []))];
  const [table] = names;
  const planned = {
    kind: 'plain',
    sql: statement.sql,
    verb: statement.verb,
    class: 'unknown',
    ...(table && { table }),
    touches,
    rejected: [],
    estimate: {
      rough: true,
      ...(outlook.rows !== undefined && { rows: outlook.rows, rowsExact: outlook.rowsExact ?? false }),
    },
    checks,
    fingerprint: plainFingerprint(server, statement.sql, request.settings.connection.database),
    ...settled(outlook, checks),
  } as const satisfies Omit<PlannedPlain, 'sentence'>;
  return { ...planned, sentence: sentence(planned) };
}

function outlookOf(
  statement: PlainStatement,
  names: readonly TableName[],
  context: PlanningContext,
): Promise<Outlook> {
  const [name] = names;
  switch (statement.verb) {
    case 'CREATE TABLE':
      return name ? createTable(statement, name, context) : runs(statement);
    case 'DROP TABLE':
      return dropTable(statement, names, context);
    case 'TRUNCATE TABLE':
      return name ? truncateTable(name, context) : runs(statement);
    case 'RENAME TABLE':
      return renameTable(pairsOf(statement, names, context), context);
    case 'INSERT':
    case 'REPLACE':
    case 'UPDATE':
    case 'DELETE':
      return writeRows(statement, names, context);
    case 'SET':
    case 'CREATE':
    case 'DROP':
      return runs(statement);
  }
}

function pairsOf(
  { tables }: PlainStatement,
  names: readonly TableName[],
  { request }: PlanningContext,
): { from: TableName; to: TableName }[] {
  return names.flatMap((from, i) => {
    const to = tables[i]?.to;
    return to ? [{ from, to: tableNamed(to, request) }] : [];
  });
}

async function runs({ verb, sql }: PlainStatement): Promise<Outlook> {
  const isGlobal = verb === 'SET' && /\b(?:GLOBAL|PERSIST|PERSIST_ONLY)\b|@@(?:GLOBAL|PERSIST)/i.test(sql);
  const forAll: Check = {
    id: 'set-global',
    level: 'warning',
    text: 'It changes the server for everybody, and stays changed.',
    fix: 'Leave it out of the migration, and set it where the server is configured.',
  };
  const text =
    verb === 'SET'
      ? 'Holds for the plain statements after it; tables are changed in sessions of their own.'
      : 'Runs as it stands.';
  return { reasons: [{ id: 'plain', text }], checks: isGlobal ? [forAll] : [] };
}

function settled(
  { settled, reasons }: Outlook,
  checks: readonly Check[],
): Pick<PlannedPlain, 'strategy' | 'reasons' | 'refusal'> {
  if (settled !== undefined) return { reasons, ...settled };
  const danger = standingDanger(checks);
  if (danger === undefined) return { strategy: 'plain', reasons };
  const reason: Reason = { id: danger.id, text: danger.text };
  return {
    strategy: 'refuse',
    reasons: [reason],
    refusal: { exitCode: exitCodes.refused, next: fixOrAccept(standingDangers(checks)) },
  };
}

/**
 * Has the server read a statement without running it: PREPARE parses the text as it stands (manual, "PREPARE
 * Statement"). What cannot be prepared (1295: triggers, routines), or not without a default schema, is not judged.
 * @returns the refusal where it does not parse
 */
async function refuseSyntax(session: Session, sql: string): Promise<Outlook | undefined> {
  try {
    await session.execute(`PREPARE alterwise_reads FROM ${quoteString(sql)}`);
    await session.execute('DEALLOCATE PREPARE alterwise_reads');
    return undefined;
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (!isSyntaxError(error)) return undefined;
    const reason = { id: 'syntax', text: `The server says (${error.errno}): ${error.message}` };
    const refusal = {
      exitCode: exitCodes.usage,
      next: 'Fix the statement at the place that the server names.',
    };
    return { reasons: [reason], settled: { strategy: 'refuse', refusal } };
  }
}
