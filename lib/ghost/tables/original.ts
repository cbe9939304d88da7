import { readDefinition } from '../../inspect/shape.js';
import { isUnknownDatabase, isUnknownTable } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import type { TableName } from '../../plan/plan.js';
import { normalizeDefinition } from '../../probe/definition.js';
import { linesOf, partOf } from '../../probe/definition-lines.js';
import { readStorage } from './storage.js';

/** The table that is copied, as far as it shows what somebody else does to it meanwhile; no RENAME changes it. */
export interface Original {
  /** See `readStorage`; absent where it cannot be seen. */
  storage?: string;
  /** Its columns, keys and options. */
  lines: string;
}

/** What somebody else did to it: the copy knows nothing of either. */
export type Befallen = 'emptied' | 'altered';

/** @returns undefined where there is no such table */
export async function readOriginal(session: Session, table: TableName): Promise<Original | undefined> {
  try {
    const [, ...lines] = linesOf(normalizeDefinition(await readDefinition(session, table)));
    const storage = await readStorage(session, table);
    // A RENAME gives constraints new names.
    const own = lines.filter((line) => partOf(line)?.what !== 'constraint');
    return { ...(storage !== undefined && { storage }), lines: own.join('\n') };
  } catch (error) {
    if (isUnknownTable(error) || isUnknownDatabase(error)) return undefined;
    throw error;
  }
}

/** A rebuild, such as by OPTIMIZE, cannot be told from a TRUNCATE. */
export function befallen(before: Original | undefined, now: Original | undefined): Befallen | undefined {
  if (before === undefined || now === undefined) return undefined;
  if (now.lines !== before.lines) return 'altered';
  return wasEmptied(before.storage, now.storage) ? 'emptied' : undefined;
}

/** What cannot be seen proves nothing. */
export function wasEmptied(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now;
}
