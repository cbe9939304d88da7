import { rowColumn } from '../rows/question.js';
import { quoteName, quoteTable } from '../sql/names.js';
import { columnPairs, rowsThat } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/**
 * NULLs in a column that becomes NOT NULL, as a column of a new primary key does too. A strict ALTER stops at the first
 * (1138, 1265); without strict mode, and in gh-ost, they become 0 or ''.
 */
export const nullValues: Hazard = {
  id: 'null-values',
  level: 'danger',
  final: true,
  inRows: (facts) =>
    columnPairs(facts)
      .filter(({ before, after }) => before.nullable && !after.nullable && !after.generated)
      .map(({ before: { name }, after }) => {
        const label = after.name === name ? name : `${name} (then ${after.name})`;
        const column = quoteName(name);
        return {
          offends: `${rowColumn(name)} IS NULL`,
          text: (count) => `${rowsThat(count, 'has', 'have')} NULL in ${label}, which becomes NOT NULL.`,
          fix: `Give them a value first (UPDATE ${quoteTable(facts.table.name)} SET ${column}=… WHERE ${column} IS NULL).`,
          about: `whether ${name}, which becomes NOT NULL, has NULLs`,
        };
      }),
};
