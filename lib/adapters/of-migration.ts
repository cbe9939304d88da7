import { Fault } from '../fault.js';
import { parseTexts } from '../sql/migration.js';
import type { Statement } from '../sql/statement.js';

/** What a script sends, read as a migration would have it; nothing where it is none of the statements that one may have. */
export function ofMigration(sql: string): Statement[] {
  try {
    return parseTexts([sql], 'the script');
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
