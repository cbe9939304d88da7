import { rowColumn } from '../rows/question.js';
import { quoteName, quoteTable } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import type { Column } from '../table/shape.js';
import { counted, oneLine } from '../text/human.js';
import { expressionOf, onRows } from './shared/expressions.js';
import { type ChangeFacts, type ColumnPair, columnPairs, rowsThat } from './shared/facts.js';
import type { Hazards } from './shared/hazard.js';

export const columnHazards: Hazards = {
  /** No row could be followed through the change, so only the definitions were compared. */
  'tracer-unknown': {
    level: 'unknown',
    inChange({ probe: { tracer } }) {
      if (tracer.kind !== 'unknown') return undefined;
      return {
        text: `What the change does to the values was not tried: ${tracer.why}.`,
        fix: 'Make sure that no column is dropped and added again under the same name.',
      };
    },
  },
  /** Both servers turn a column into a STORED generated one even in strict mode, and silently overwrite its values. */
  'values-computed': {
    level: 'danger',
    inChange(facts) {
      const overwritten = columnPairs(facts).filter(
        ({ before, after }) => !before.generated && after.generated,
      );
      return {
        text: `The results of the expression would overwrite the values of ${overwritten.map(({ before }) => before.name).join(', ')}.`,
        count: overwritten.length,
        fix: 'First add a generated column under another name beside it, and compare the two.',
      };
    },
  },
  'computed-anew': {
    level: 'warning',
    inChange(facts) {
      const { probe } = facts;
      const pairs = columnPairs(facts);
      const recomputed = pairs.filter(
        ({ before, after }) =>
          before.generated &&
          after.generated &&
          renamed(expressionOf(before, probe.before), pairs) !== expressionOf(after, probe.after),
      );
      return {
        text: `Another expression would compute the values of ${recomputed.map(({ after }) => after.name).join(', ')}.`,
        count: recomputed.length,
        fix: 'Compare what the two expressions give: SELECT both for some rows.',
      };
    },
  },
  /** An INSERT without a list of columns still succeeds, and writes into the wrong ones. */
  'column-order': {
    level: 'warning',
    inChange(facts) {
      const visible = (columns: readonly Column[]) =>
        columns.filter(({ extra }) => !/INVISIBLE/i.test(extra));
      const [before, after] = [visible(facts.probe.before.columns), visible(facts.probe.after.columns)];
      if (before.length !== after.length) return undefined; // then it fails, and somebody notices
      const pairs = columnPairs(facts);
      const moved = after.filter((column, at) => {
        const from = pairs.find((pair) => pair.after.name === column.name)?.before.name;
        return from !== before[at]?.name;
      });
      if (moved.length === 0) return undefined;
      return {
        text: `${moved.map(({ name }) => name).join(', ')} would take the place of another column: an INSERT without a list of columns would write into the wrong ones.`,
        fix: 'Make sure that every INSERT names its columns, and that nothing reads SELECT * by position.',
      };
    },
  },
  /**
   * NULLs in a column that becomes NOT NULL, as a column of a new primary key does too. A strict ALTER stops at the first
   * (1138, 1265); without strict mode, and in gh-ost, they become 0 or ''.
   */
  'null-values': {
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
  },
  /**
   * Rows for which the expression of a new generated column or key fails, as POW(0, -1) does (1690). A VIRTUAL column is
   * computed when it is read: the ALTER succeeds, and every SELECT * of such a row fails (measured on MySQL 5.7 to 9.7). Of
   * STORED columns and keys the ALTER fails at that row.
   */
  'not-computable': {
    level: 'danger',
    final: true,
    inRows: (facts) =>
      newExpressions(facts).flatMap(({ label, expression }) => {
        const over = onRows([expression], facts);
        if ('why' in over) return [];
        return {
          computes: over.sql.join(''),
          text: (count) =>
            `${rowsThat(count, 'has', 'have')} values from which the server cannot compute ${label}: the row could not be read or written any more.`,
          fix: `Fix the row, or choose an expression that holds for every row: ${oneLine(expression, 200)}`,
          about: `whether the server can compute ${label} for every row`,
        };
      }),
  },
  /**
   * 0 in a column that becomes AUTO_INCREMENT: both servers give such a row the next number when they copy it, and what
   * refers to it finds it no more (manual, "Server SQL Modes", NO_AUTO_VALUE_ON_ZERO; measured on all five servers).
   */
  'zero-renumbered': {
    level: 'danger',
    final: true,
    inRows: (facts) =>
      columnPairs(facts)
        .filter(({ before, after }) => !isNumbered(before) && isNumbered(after))
        .map(({ before: { name } }) => ({
          offends: `NOT FIND_IN_SET('NO_AUTO_VALUE_ON_ZERO', @@SESSION.sql_mode) AND ${rowColumn(name)} = 0`,
          text: (count) =>
            `${rowsThat(count, 'has', 'have')} 0 in ${name}, which becomes AUTO_INCREMENT: the server would give it another number.`,
          fix: 'Give it a number of its own first, together with the rows that refer to it.',
          about: `whether a row has 0 in ${name}, which becomes AUTO_INCREMENT`,
        })),
  },
  /**
   * '0000-00-00', and dates without a month or day. A copy writes every row again, and stops at the first of them, even in
   * columns that the change does not touch, if the sql_mode forbids them, as MySQL's default does (1292; manual, "Server SQL
   * Modes", NO_ZERO_DATE and NO_ZERO_IN_DATE). A rebuild in place lets them pass. Measured on MySQL 5.7 to 9.7 and MariaDB 10.11.
   */
  'zero-date': {
    level: 'danger',
    final: true,
    inRows(facts) {
      if (facts.probe.class !== 'copy' && facts.probe.class !== 'online-copy') return undefined;
      const names = columnPairs(facts)
        .filter(({ before, after }) => hasDate(before) && hasDate(after) && !after.generated)
        .map(({ before }) => before.name);
      if (names.length === 0) return undefined;
      const label = names.join(' or ');
      return {
        offends: names.map((name) => `(${isZero(quoteName(name))})`).join(' OR '),
        text: (count) =>
          `${counted(count, 'row')} with a zero date in ${label}: the sql_mode forbids them, so a copy of the table stops there.`,
        fix: 'Set them to a date or NULL first.',
        about: `whether ${label} has zero dates, which the sql_mode forbids`,
      };
    },
  },
};

/** MariaDB renames a column in the expressions that name it. */
function renamed(expression: string | undefined, pairs: readonly ColumnPair[]): string | undefined {
  return expression?.replace(/`(?:[^`]|``)+`/g, (quoted) => {
    const pair = pairs.find(({ before }) => quoteName(before.name) === quoted);
    return pair === undefined ? quoted : quoteName(pair.after.name);
  });
}

/** Of generated columns and of keys, those that the table does not have yet. */
function newExpressions({ probe: { before, after } }: ChangeFacts): { label: string; expression: string }[] {
  const expressionsIn = (definition: string) =>
    partsOf(definition, 'column', 'key').flatMap((part) =>
      part.what === 'column'
        ? [{ label: part.name, expression: part.expression ?? '' }]
        : part.items.map(({ expression = '' }) => ({ label: `the key ${part.name}`, expression })),
    );
  const known = new Set(expressionsIn(before.definition).map(({ expression }) => expression));
  return expressionsIn(after.definition).filter(
    ({ expression }) => expression !== '' && !known.has(expression),
  );
}

const isNumbered = ({ extra }: Column) => /auto_increment/i.test(extra);

const hasDate = ({ dataType }: Column) => ['date', 'datetime', 'timestamp'].includes(dataType);

/** Read as numbers: such a date as a literal would be refused too. */
function isZero(column: string): string {
  const forbids = (mode: string) => `FIND_IN_SET('${mode}',@@SESSION.sql_mode) > 0`;
  const parts = `MONTH(${column}) = 0 OR DAYOFMONTH(${column}) = 0`;
  return `${forbids('NO_ZERO_DATE')} AND ${column}+0 = 0 OR ${forbids('NO_ZERO_IN_DATE')} AND ${column}+0 <> 0 AND (${parts})`;
}
