import type { PlannedPlain } from '../../documents/plan.js';
import { hasAtomicDdl, readServerIdentity } from '../../inspect/capabilities.js';
import { isAccessDenied, isLockWaitTimeout, isSyntaxError, isUnknownTable } from '../../mysql/errors.js';
import { type Session, withSession } from '../../mysql/session.js';
import type { ConnectionSettings } from '../../settings/settings.js';
import { lex } from '../../sql/lexer.js';
import { type TableName, tableLabel } from '../../sql/names.js';
import { readPlain } from '../../sql/plain.js';
import { isPiecemeal, writesRows } from '../../sql/statement.js';
import { hasKeyword, nameOf } from '../../sql/tokens.js';
import type { StatementEnd } from './statement.js';

/**
 * Why a statement that was stopped or refused on its way may have changed some of its rows all the same: MyISAM, Aria
 * and MEMORY undo nothing. What stored functions and procedures write is not followed.
 * @returns undefined if all that it had done was rolled back
 */
export async function whyPartlyDone(
  statement: PlannedPlain,
  end: StatementEnd,
  connection: ConnectionSettings,
): Promise<string | undefined> {
  if (end.end !== 'refused' && end.end !== 'killed') return undefined;
  const { touches, verb } = statement;
  const inPieces = isPiecemeal(statement, touches.length);
  const isEarly = end.end === 'refused' && inFront.some((is) => is(end.error));
  if (inPieces ? isEarly : !writesRows(verb)) return undefined;
  if (!inPieces && touches.length === 0) return 'the tables that it writes are unknown';
  const unasked = inPieces
    ? 'tables may be gone already, for this server drops one after the other'
    : 'of what kind its tables are could not be asked';
  try {
    return await withSession(connection, {}, async (session) => {
      if (inPieces) return hasAtomicDdl(await readServerIdentity(session)) ? undefined : unasked;
      const written = await readWritten(session, statement);
      const hasNotBegun = isEarly || (end.end === 'refused' && isUnknownTable(end.error));
      return hasNotBegun && written.isAlone ? undefined : whyOf(written.tables);
    });
  } catch {
    return unasked;
  }
}

/**
 * What is said in front of the first row, if a statement is about one table alone. A table that undoes nothing is
 * locked as a whole: a statement that never got the lock wrote nothing.
 */
const inFront = [isLockWaitTimeout, isAccessDenied, isSyntaxError];

interface WrittenTable extends TableName {
  type: string;
  engine: string | null;
  transactions: string | null;
}

/**
 * All tables that it may write, and perhaps others of these names.
 * @returns `isAlone`: it reads and writes one table and no other
 */
async function readWritten(session: Session, { sql, touches }: PlannedPlain) {
  const mentions = readPlain(lex(sql), sql)?.mentions ?? [];
  const schemas = [...touches.map(({ schema }) => schema), ...mentions];
  const names = [...touches.map(({ name }) => name), ...mentions];
  const triggers = await session.rows<{ body: string }>(
    `SELECT ACTION_STATEMENT AS body FROM information_schema.TRIGGERS
      WHERE EVENT_OBJECT_SCHEMA IN (?) AND EVENT_OBJECT_TABLE IN (?)`,
    [schemas, names],
  );
  const inTriggers = triggers.flatMap(({ body }) => lex(body).flatMap((token) => nameOf(token) ?? []));
  const tables = await session.rows<WrittenTable>(
    `SELECT t.TABLE_SCHEMA AS \`schema\`, t.TABLE_NAME AS name, t.TABLE_TYPE AS type, t.ENGINE AS engine,
            e.TRANSACTIONS AS transactions
       FROM information_schema.TABLES t LEFT JOIN information_schema.ENGINES e ON e.ENGINE=t.ENGINE
      WHERE t.TABLE_SCHEMA IN (?) AND t.TABLE_NAME IN (?)`,
    [
      [...schemas, ...inTriggers],
      [...names, ...inTriggers],
    ],
  );
  const isAlone =
    triggers.length === 0 && mentions.length === 0 && !hasKeyword(sql, 'SELECT', 'TABLE', 'JOIN');
  return { tables, isAlone };
}

/** None of a name that there is: it had nothing to write to. */
function whyOf(tables: readonly WrittenTable[]): string | undefined {
  const view = tables.find(({ type }) => type === 'VIEW');
  if (view) return `${tableLabel(view)} is a view, and what it writes to is unknown`;
  const kept = tables.find(({ type, transactions }) => type !== 'SEQUENCE' && transactions !== 'YES');
  if (kept === undefined) return undefined;
  return kept.engine === null
    ? `the server does not tell the engine of ${tableLabel(kept)}`
    : `${tableLabel(kept)} is of the engine ${kept.engine}, which undoes nothing`;
}
