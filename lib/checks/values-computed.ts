import { quoteName } from '../sql/names.js';
import { expressionOf } from './shared/expressions.js';
import { type ColumnPair, columnPairs } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/** Both servers turn a column into a STORED generated one even in strict mode, and silently overwrite its values. */
export const valuesComputed: Hazard = {
  id: 'values-computed',
  level: 'danger',
  inChange(facts) {
    const overwritten = columnPairs(facts).filter(
      ({ before, after }) => !before.generated && after.generated,
    );
    if (overwritten.length === 0) return undefined;
    return {
      text: `The results of the expression would overwrite the values of ${overwritten.map(({ before }) => before.name).join(', ')}.`,
      count: overwritten.length,
      fix: 'First add a generated column under another name beside it, and compare the two.',
    };
  },
};

export const computedAnew: Hazard = {
  id: 'computed-anew',
  level: 'warning',
  inChange(facts) {
    const { before, after } = facts.probe;
    const pairs = columnPairs(facts);
    const recomputed = pairs.filter(
      (pair) =>
        pair.before.generated &&
        pair.after.generated &&
        renamed(expressionOf(pair.before, before), pairs) !== expressionOf(pair.after, after),
    );
    if (recomputed.length === 0) return undefined;
    return {
      text: `Another expression would compute the values of ${recomputed.map((pair) => pair.after.name).join(', ')}.`,
      count: recomputed.length,
      fix: 'Compare what the two expressions give: SELECT both for some rows.',
    };
  },
};

/** MariaDB renames a column in the expressions that name it. */
function renamed(expression: string | undefined, pairs: readonly ColumnPair[]): string | undefined {
  return expression?.replace(/`(?:[^`]|``)+`/g, (quoted) => {
    const pair = pairs.find(({ before }) => quoteName(before.name) === quoted);
    return pair === undefined ? quoted : quoteName(pair.after.name);
  });
}
