import { columnPairs } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/** Columns that are dropped with their values, which no ADD COLUMN brings back. Generated values are no loss. */
export const columnDropped: Hazard = {
  id: 'column-dropped',
  level: 'warning',
  inChange(facts) {
    const kept = new Set(columnPairs(facts).map(({ before }) => before.name));
    const gone = facts.probe.difference.columnsDropped.filter(
      ({ name, generated }) => !kept.has(name) && !generated,
    );
    if (gone.length === 0) return undefined;
    return {
      text: `${gone.map(({ name }) => name).join(', ')} would be dropped with all values: after gh-ost the old table keeps them for a while, after a direct ALTER nothing does.`,
      count: gone.length,
      fix: 'Make sure that no version of the application reads it, and that there is a backup.',
    };
  },
};
