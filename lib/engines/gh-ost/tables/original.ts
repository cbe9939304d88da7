import type { PlannedAlter } from '../../../documents/plan.js';
import {
  isLockWaitTimeout,
  isUnknownDatabase,
  isUnknownTable,
  unlessRefused,
} from '../../../mysql/errors.js';
import { type Session, withPatientSession } from '../../../mysql/session.js';
import type { Settings } from '../../../settings/settings.js';
import type { TableName } from '../../../sql/names.js';
import { normalizeDefinition, piecesOf } from '../../../table/forms.js';
import { readDefinition } from '../../../table/shape.js';
import { isAsPlanned, readTableState } from '../../../verify/definition.js';

/** The table that is copied, as far as it shows what somebody else does to it meanwhile; no RENAME changes it. */
export interface Original {
  /** See `readStorage`; absent where it cannot be seen. */
  storage?: string;
  /** Its columns, keys and options. */
  lines: string;
}

/** What somebody else did to it: the copy knows nothing of either. */
export type OriginalChange = 'emptied' | 'altered';

/** @returns undefined where there is no such table */
export async function readOriginal(session: Session, table: TableName): Promise<Original | undefined> {
  try {
    const definition = normalizeDefinition(await readDefinition(session, table));
    const storage = await readStorage(session, table);
    // A RENAME gives constraints new names.
    const [, ...own] = piecesOf(definition, ({ what, sql }) =>
      what === 'foreign-key' || what === 'check' ? undefined : sql,
    );
    return { ...(storage !== undefined && { storage }), lines: own.join('\n') };
  } catch (error) {
    if (isUnknownTable(error) || isUnknownDatabase(error)) return undefined;
    throw error;
  }
}

/** A rebuild, such as by OPTIMIZE, looks the same as a TRUNCATE. */
export function changeOfOriginal(
  before: Original | undefined,
  now: Original | undefined,
): OriginalChange | undefined {
  if (before === undefined || now === undefined) return undefined;
  if (now.lines !== before.lines) return 'altered';
  return wasEmptied(before.storage, now.storage) ? 'emptied' : undefined;
}

/** What cannot be seen proves nothing. */
export function wasEmptied(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now;
}

/** On a server with very many tables the view is slow: then nothing is known. */
const limitMs = 3_000;

/**
 * What tells the storage of an InnoDB table from the one that it has after a TRUNCATE or a rebuild: the ids that InnoDB has
 * given it, of each partition. Neither the definition nor CREATE_TIME shows a TRUNCATE (measured on 9.7).
 * @returns undefined where they cannot be seen: without PROCESS, or with letters beyond ASCII in the name
 */
export async function readStorage(
  session: Pick<Session, 'rows'>,
  { schema, name }: TableName,
): Promise<string | undefined> {
  const own = [schema, name].map(inFiles).join('/').toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: whatever is ASCII
  if (!/^[\x00-\x7f]*$/.test(own)) return undefined;
  for (const view of ['INNODB_TABLES', 'INNODB_SYS_TABLES']) {
    const rows = await unlessRefused(
      session.rows<{ id: number }>(
        `SELECT /*+ MAX_EXECUTION_TIME(${limitMs}) */ TABLE_ID AS id FROM information_schema.${view}
          WHERE LOWER(NAME)=? OR LEFT(LOWER(NAME), ?)=? ORDER BY TABLE_ID`,
        [own, own.length + 3, `${own}#p#`],
      ),
    );
    // Refused: another name on MySQL 5.7, or not allowed.
    if (rows !== undefined) return rows.length === 0 ? undefined : rows.map(({ id }) => id).join(' ');
  }
  return undefined;
}

/** MySQL manual, "Mapping of Identifiers to File Names"; letters beyond ASCII have codes of their own. */
function inFiles(name: string): string {
  return [...name]
    .map((each) => {
      const code = each.charCodeAt(0);
      return /\w/.test(each) || code > 127 ? each : `@${code.toString(16).padStart(4, '0')}`;
    })
    .join('');
}

interface LookContext {
  settings: Pick<Settings, 'connection'>;
  original?: Original;
}

/**
 * gh-ost does not notice that the table was changed or dropped until a row of it is written, or for minutes. A
 * look that fails says nothing: the server may be away, or an ALTER hold the table.
 */
export async function hasDrifted(statement: PlannedAlter, { settings }: LookContext): Promise<boolean> {
  try {
    const state = await withPatientSession(settings.connection, { limitMs: 0 }, (session) =>
      readTableState(session, statement),
    );
    return state !== undefined && !isAsPlanned(state, statement);
  } catch (error) {
    if (isLockWaitTimeout(error)) return false;
    throw error;
  }
}

/**
 * Whether the table was emptied by TRUNCATE, or rebuilt, since gh-ost was started: no row of it tells gh-ost of the first,
 * and the shadow table would bring them all back. Asked once before a cut-over.
 */
export async function isEmptied(
  { table }: Pick<PlannedAlter, 'table'>,
  { settings, original }: LookContext,
): Promise<boolean> {
  if (original?.storage === undefined) return false;
  const now = await withPatientSession(settings.connection, { limitMs: 0 }, (session) =>
    readStorage(session, table),
  );
  return wasEmptied(original.storage, now);
}
