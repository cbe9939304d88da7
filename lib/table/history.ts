import { namesIn } from '../sql/tokens.js';
import { partsOf, readTable } from './definition.js';

/** The columns that say from when until when a row was valid. */
interface History {
  start: string;
  end: string;
}

/**
 * The history that MariaDB keeps of the rows of a table: its end of a row that was changed or deleted is in the past (manual,
 * "System-Versioned Tables").
 * @param definition SHOW CREATE TABLE
 * @returns undefined if it keeps none
 */
export function historyOf(definition: string): History | undefined {
  if (readTable(definition)?.options.words.includes('WITH SYSTEM VERSIONING') !== true) return undefined;
  const [period] = partsOf(definition, 'period');
  // Without columns of their own they are hidden, under these names.
  const [start = 'ROW_START', end = 'ROW_END'] = period === undefined ? [] : namesIn(period.sql);
  return { start, end };
}
