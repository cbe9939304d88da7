import type { Check } from '../documents/plan.js';
import { type ChangeFacts, columnPairs } from './check-facts.js';

/** Columns that go with their values, and do not come back by an ADD COLUMN. Computed values are no loss. */
export function dropColumn(facts: ChangeFacts): Check[] {
  const kept = new Set(columnPairs(facts).map(({ before }) => before.name));
  const gone = facts.probe.difference.columnsDropped.filter(
    ({ name, generated }) => !kept.has(name) && !generated,
  );
  if (gone.length === 0) return [];
  const names = gone.map(({ name }) => name).join(', ');
  return [
    {
      id: 'column-dropped',
      level: 'warning',
      text: `${names} would go with all values, and there is no way back: gh-ost keeps the old table for a while, a direct ALTER keeps nothing.`,
      count: gone.length,
      fix: 'Make sure that no version of the application reads it, and that there is a backup.',
    },
  ];
}
