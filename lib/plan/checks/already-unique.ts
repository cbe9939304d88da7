import type { Index, IndexPart } from '../../inspect/shape.js';
import type { ChangeFacts } from './check-facts.js';
import { type ColumnPair, columnPairs } from './column-pairs.js';
import { expressionAt } from './key-parts.js';
import { expressionOf, onRows } from './on-rows.js';
import { storedAs } from './stored-as.js';

/**
 * A unique key of the table as it is makes sure of it: all its parts are in the new key, cut no shorter, and no two of
 * its values become the same.
 */
export function isAlreadyUnique(index: Index, facts: ChangeFacts): boolean {
  const pairs = columnPairs(facts);
  return facts.probe.before.indexes.some(
    (key) => key.unique && key.parts.every((_, at) => isHeld(key, at, index, pairs, facts)),
  );
}

function isHeld(
  key: Index,
  at: number,
  index: Index,
  pairs: readonly ColumnPair[],
  facts: ChangeFacts,
): boolean {
  const part = key.parts[at];
  if (part?.column === undefined) return isSameExpression(key, at, index, facts);
  const pair = pairs.find(({ before }) => before.name === part.column);
  if (pair === undefined || storedAs(pair.before, pair.after)?.merges !== false) return false;
  const { before, after } = pair;
  const { probe } = facts;
  if (after.generated && expressionOf(before, probe.before) !== expressionOf(after, probe.after))
    return false;
  return index.parts.some(({ column, prefix }) => column === after.name && isAsLong(prefix, part));
}

function isAsLong(prefix: number | undefined, part: IndexPart): boolean {
  return prefix === undefined || (part.prefix !== undefined && part.prefix <= prefix);
}

function isSameExpression(key: Index, at: number, index: Index, facts: ChangeFacts): boolean {
  const text = expressionAt(key, at, facts.probe.before);
  if (text === undefined || 'why' in onRows(text, facts)) return false;
  return index.parts.some(
    (part, to) => part.column === undefined && expressionAt(index, to, facts.probe.after) === text,
  );
}
