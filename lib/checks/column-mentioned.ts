import { goneNames, namesColumn } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/**
 * Triggers and views that name a column which is dropped or renamed. The ALTER succeeds; the next INSERT (1054) or
 * SELECT (1356) fails. Generated columns, CHECKs, defaults, functional indexes, partitions and foreign keys of other tables
 * need no check: the server renames the column in them, or refuses the change (measured on MySQL 5.7, 9.7 and MariaDB 10.11).
 */
export const columnMentioned: Hazard = {
  id: 'column-mentioned',
  level: 'danger',
  inChange(facts) {
    const { triggers, views = [] } = facts.table;
    const gone = goneNames(facts);
    const isNamedIn = (text: string) => gone.some((column) => namesColumn(text, column));
    const users = [
      ...triggers.filter(({ statement }) => isNamedIn(statement)).map(({ name }) => `trigger ${name}`),
      ...views.filter(({ definition }) => isNamedIn(definition)).map(({ name }) => `view ${name}`),
    ];
    if (users.length === 0) return undefined;
    return {
      text: `There would be no column ${gone.join(', ')} any more, and ${users.join(', ')} would fail.`,
      count: users.length,
      samples: users.slice(0, 5),
      fix: 'Change or drop them first; create them again afterwards.',
    };
  },
};
