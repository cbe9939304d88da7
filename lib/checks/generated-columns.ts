import type { Check } from '../documents/plan.js';
import { quoteName } from '../sql/names.js';
import type { Column } from '../table/shape.js';
import { type ChangeFacts, type ColumnPair, columnPairs } from './check-facts.js';
import { expressionOf } from './on-rows.js';

/** Values that are computed from now on, or by another rule; and columns that change places. */
export function generatedColumns(facts: ChangeFacts): Check[] {
  const { before, after } = facts.probe;
  const pairs = columnPairs(facts);
  const overwritten = pairs.filter((pair) => !pair.before.generated && pair.after.generated);
  const anew = pairs.filter(
    (pair) =>
      pair.before.generated &&
      pair.after.generated &&
      renamed(expressionOf(pair.before, before), pairs) !== expressionOf(pair.after, after),
  );
  return [
    ...computed(overwritten.map((pair) => pair.before.name)),
    ...computedAnew(anew.map((pair) => pair.after.name)),
    ...order(facts, pairs),
  ];
}

/** Both servers turn a column into a STORED one in strict mode, and say nothing of the values that it had. */
function computed(names: readonly string[]): Check[] {
  if (names.length === 0) return [];
  return [
    {
      id: 'values-computed',
      level: 'danger',
      text: `The values of ${names.join(', ')} would be overwritten by what the expression gives.`,
      count: names.length,
      fix: 'Add a generated column of another name beside it, and compare the two first.',
    },
  ];
}

function computedAnew(names: readonly string[]): Check[] {
  if (names.length === 0) return [];
  return [
    {
      id: 'computed-anew',
      level: 'warning',
      text: `The values of ${names.join(', ')} would be computed anew, by another expression.`,
      count: names.length,
      fix: 'Compare what the two expressions give: SELECT both for some rows.',
    },
  ];
}

/** MariaDB renames a column in the expressions that name it. */
function renamed(expression: string | undefined, pairs: readonly ColumnPair[]): string | undefined {
  return expression?.replace(/`(?:[^`]|``)+`/g, (quoted) => {
    const pair = pairs.find(({ before }) => quoteName(before.name) === quoted);
    return pair === undefined ? quoted : quoteName(pair.after.name);
  });
}

/** An INSERT without a list of columns goes on, and writes into the wrong ones. */
function order({ probe }: ChangeFacts, pairs: readonly ColumnPair[]): Check[] {
  const shown = (columns: readonly Column[]) => columns.filter(({ extra }) => !/INVISIBLE/i.test(extra));
  const [was, is] = [shown(probe.before.columns), shown(probe.after.columns)];
  if (was.length !== is.length) return []; // then it fails, which somebody sees
  const moved = is.filter((column, at) => {
    const from = pairs.find(({ after }) => after.name === column.name)?.before.name;
    return from !== was[at]?.name;
  });
  if (moved.length === 0) return [];
  return [
    {
      id: 'column-order',
      level: 'warning',
      text: `${moved.map(({ name }) => name).join(', ')} would stand where another column stood: an INSERT without a list of columns goes on, and writes into the wrong ones.`,
      fix: 'Make sure that every INSERT names its columns, and that nothing reads SELECT * by position.',
    },
  ];
}
