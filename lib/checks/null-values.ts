import { findRows, type Question, rowColumn } from '../rows/question.js';
import { quoteName, quoteTable } from '../sql/names.js';
import { counted } from '../text/human.js';
import { type ChangeFacts, columnPairs } from './check-facts.js';

/**
 * NULLs in a column that takes none any more, which it also does as a part of a primary key. A strict ALTER stops at
 * the first (1138, 1265); one that is not strict, and gh-ost, make 0 or '' of them.
 */
export function nullValues(facts: ChangeFacts): Question[] {
  return columnPairs(facts)
    .filter(({ before, after }) => before.nullable && !after.nullable && !after.generated)
    .map(({ before: { name }, after }) => {
      const offends = `${rowColumn(name)} IS NULL`;
      const { name: table } = facts.table;
      const as = after.name === name ? name : `${name} (then ${after.name})`;
      return {
        kind: 'rows',
        offends,
        finding: {
          id: 'null-values',
          level: 'danger',
          final: true,
          text: (count) =>
            `${counted(count, 'row')} ${count === 1 ? 'has' : 'have'} NULL in ${as}, which becomes NOT NULL.`,
          fix:
            `Give them a value first (UPDATE ${quoteTable(table)} SET ${quoteName(name)}=… WHERE ${quoteName(name)} IS NULL). ` +
            `Find them: ${findRows(table, offends)}`,
          about: `whether ${name}, which becomes NOT NULL, has NULLs`,
        },
      };
    });
}
