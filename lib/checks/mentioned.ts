import type { Check } from '../documents/plan.js';
import type { ChangeFacts } from './check-facts.js';

/**
 * Triggers and views that name a column which goes or gets another name. The ALTER succeeds all the same; the
 * next INSERT (1054) or SELECT (1356) fails. What the table itself has is no concern here: generated columns, CHECKs,
 * defaults, functional indexes, partitions and foreign keys of other tables are renamed by the server with the column,
 * or it refuses the change (measured on MySQL 5.7, 9.7 and MariaDB 10.11).
 */
export function mentioned({ table, probe }: ChangeFacts): Check[] {
  const gone = probe.difference.columnsDropped.map(({ name }) => name);
  if (gone.length === 0) return [];
  const names = (text: string) => gone.some((column) => namesColumn(text, column));
  const triggers = table.triggers
    .filter(({ statement }) => names(statement))
    .map(({ name }) => `trigger ${name}`);
  const views = (table.views ?? [])
    .filter(({ definition }) => names(definition))
    .map(({ name }) => `view ${name}`);
  const who = [...triggers, ...views];
  if (who.length === 0) return [];
  return [
    {
      id: 'column-mentioned',
      level: 'danger',
      text: `${gone.join(', ')} would be gone under that name, and ${who.join(', ')} would fail from then on.`,
      count: who.length,
      samples: who.slice(0, 5),
      fix: 'Change or drop them first; create them anew afterwards.',
    },
  ];
}

/** Whether a text has the name as a word of its own: `a` is not named by `data`. */
export function namesColumn(text: string, column: string): boolean {
  const escaped = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped}(?![\\p{L}\\p{N}_$])`, 'iu').test(text);
}
