import type { Index, IndexPart } from '../table/shape.js';
import type { Hazard } from './shared/hazard.js';

/** A new index that another one can replace, or that makes another superfluous: each costs every write. */
export const redundantIndex: Hazard = {
  id: 'redundant-index',
  level: 'warning',
  inChange({ probe }) {
    const { indexesAdded, indexesChanged } = probe.difference;
    const isNew = new Set(
      [...indexesAdded, ...indexesChanged.map(({ after }) => after)].map(({ name }) => name),
    );
    const all = probe.after.indexes;
    return all.flatMap((index, at) => {
      const by = all.find(
        (other, place) => place !== at && covers(other, index) && !(covers(index, other) && place > at),
      );
      if (by === undefined || !(isNew.has(index.name) || isNew.has(by.name))) return [];
      const [label, byLabel] = [labelOf(index), labelOf(by)];
      return isNew.has(index.name)
        ? {
            text: `The new ${label} adds nothing to ${byLabel}, and every write has to maintain both.`,
            fix: `Leave ${label} out.`,
          }
        : {
            text: `The new ${byLabel} makes ${label} superfluous.`,
            fix: `Drop ${label} afterwards, once no query names it in a hint.`,
          };
    });
  },
};

function labelOf({ name, parts }: Index): string {
  const columns = parts.map(({ column, expression, prefix, descending }) => {
    const length = prefix === undefined ? '' : `(${prefix})`;
    return `${column ?? expression ?? '?'}${length}${descending ? ' DESC' : ''}`;
  });
  return `${name} (${columns.join(', ')})`;
}

/** Whatever `index` finds or forbids, `by` does: it begins with the same parts, and is unique if `index` is. */
function covers(by: Index, index: Index): boolean {
  if (by.type !== 'BTREE' || index.type !== 'BTREE' || by.parts.length < index.parts.length) return false;
  if (index.name === 'PRIMARY') return false;
  const begins = index.parts.every((part, at) => coversPart(by.parts[at], part, at === by.parts.length - 1));
  if (!begins || !index.unique) return begins;
  const same = index.parts.every((part, at) => part.prefix === by.parts[at]?.prefix);
  return by.unique && by.parts.length === index.parts.length && same;
}

function coversPart(by: IndexPart | undefined, part: IndexPart, isLast: boolean): boolean {
  if (by === undefined || by.descending !== part.descending) return false;
  const isSame = part.column !== undefined ? by.column === part.column : by.expression === part.expression;
  if (!isSame || part.prefix === by.prefix) return isSame;
  // A longer prefix serves as a shorter one at the end only: what follows is sorted within the longer one.
  return isLast && part.prefix !== undefined && (by.prefix === undefined || by.prefix > part.prefix);
}
