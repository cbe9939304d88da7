import type { Check } from '../documents/plan.js';
import type { Index, IndexPart } from '../table/shape.js';
import type { ChangeFacts } from './check-facts.js';

/** A new index that another one can stand for, or that makes another superfluous: each costs every write. */
export function redundantIndex({ probe }: ChangeFacts): Check[] {
  const { indexesAdded, indexesChanged } = probe.difference;
  const fresh = new Set(
    [...indexesAdded, ...indexesChanged.map(({ after }) => after)].map(({ name }) => name),
  );
  if (fresh.size === 0) return [];
  const all = probe.after.indexes;
  return all.flatMap((index, at) => {
    const by = all.find(
      (other, place) => place !== at && covers(other, index) && !(covers(index, other) && place > at),
    );
    if (by === undefined || !(fresh.has(index.name) || fresh.has(by.name))) return [];
    return [warning(index, by, fresh.has(index.name))];
  });
}

function warning(index: Index, by: Index, isNew: boolean): Check {
  const [name, stand] = [nameOf(index), nameOf(by)];
  return {
    id: 'redundant-index',
    level: 'warning',
    text: isNew
      ? `The new ${name} says nothing that ${stand} does not say, and every write has to keep both.`
      : `The new ${stand} can stand for ${name}, which would be kept for nothing.`,
    fix: isNew ? `Leave ${name} out.` : `Drop ${name} afterwards, when nothing names it in a hint.`,
  };
}

function nameOf({ name, parts }: Index): string {
  return `${name} (${parts.map(partText).join(', ')})`;
}

function partText({ column, expression, prefix, descending }: IndexPart): string {
  const length = prefix === undefined ? '' : `(${prefix})`;
  return `${column ?? expression ?? '?'}${length}${descending ? ' DESC' : ''}`;
}

/** Whatever `index` finds or forbids, `by` does: the same parts at its beginning, and unique as well where it is. */
function covers(by: Index, index: Index): boolean {
  if (by.type !== 'BTREE' || index.type !== 'BTREE' || by.parts.length < index.parts.length) return false;
  if (index.name === 'PRIMARY') return false;
  const begins = index.parts.every((part, at) => coversPart(by.parts[at], part, at === by.parts.length - 1));
  if (!begins) return false;
  if (!index.unique) return true;
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
