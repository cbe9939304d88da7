import type { Index, IndexPart } from '../table/shape.js';
import { counted } from '../text/human.js';
import { expressionOf, onRows } from './shared/expressions.js';
import { type ChangeFacts, type ColumnPair, columnPairs } from './shared/facts.js';
import type { Hazard, RowsAsked } from './shared/hazard.js';
import { expressionAt, partValue, storedAs } from './shared/key-values.js';

const fix = 'Change, merge or delete them first.';

/**
 * Rows that would repeat a key of a new unique index, under its collation and prefix. A strict ALTER stops at the first
 * (1062); gh-ost copies with INSERT IGNORE, and drops them.
 */
export const duplicateKey: Hazard = {
  id: 'duplicate-key',
  level: 'danger',
  final: true,
  inRows: (facts) =>
    uniqueToCheck(facts)
      .filter((index) => !existed(index, facts))
      .flatMap((index) => {
        const label = labelOf(index);
        const text = (count: number) => `${counted(count, 'row')} would repeat a key of ${label}.`;
        return keyAsked(index, facts, { about: `whether rows would repeat a key of ${label}`, text });
      }),
};

/** The same in a unique index that exists, if its columns get another collation, charset or type. */
export const duplicateUnderCollation: Hazard = {
  id: 'duplicate-under-collation',
  level: 'danger',
  final: true,
  inRows: (facts) =>
    uniqueToCheck(facts)
      .filter((index) => existed(index, facts))
      .flatMap((index) => {
        const label = labelOf(index);
        const text = (count: number) =>
          `${counted(count, 'row')} would repeat a key of ${label}: values that differ now become equal in the new collation or type.`;
        return keyAsked(index, facts, { about: `whether rows would repeat a key of ${label}`, text });
      }),
};

function uniqueToCheck(facts: ChangeFacts): Index[] {
  return facts.probe.after.indexes.filter((index) => index.unique && !isAlreadyUnique(index, facts));
}

function keyAsked(
  index: Index,
  facts: ChangeFacts,
  { about, text }: { about: string; text(count: number): string },
): RowsAsked[] {
  const values = index.parts.map((_, at) => partValue(index, at, facts));
  if (values.some(({ kind }) => kind === 'distinct')) return [];
  const unknown = values.find((value) => value.kind === 'unknown');
  if (unknown !== undefined) return [{ about, why: unknown.why }];
  const own = values.flatMap((value) => (value.kind === 'value' ? [value.sql] : []));
  // A value that is the same in every row tells no row from another; with nothing else, no two rows may exist.
  return [{ keyParts: own.length > 0 ? own : ['0'], about, text, fix }];
}

/** A unique index over the same columns exists. */
function existed(index: Index, facts: ChangeFacts): boolean {
  const pairs = columnPairs(facts);
  const columns = index.parts.map(({ column, prefix }) => {
    const before = pairs.find(({ after }) => after.name === column)?.before.name;
    return `${before} ${prefix}`;
  });
  return facts.probe.before.indexes.some(
    ({ unique, parts }) =>
      unique && parts.map(({ column, prefix }) => `${column} ${prefix}`).join() === columns.join(),
  );
}

/** `by_email (email)`, `PRIMARY (a, b(10))`. */
function labelOf({ name, parts }: Index): string {
  const columns = parts.map(({ column, prefix }) =>
    column === undefined ? '(…)' : `${column}${prefix === undefined ? '' : `(${prefix})`}`,
  );
  return `${name} (${columns.join(', ')})`;
}

/** A unique index of the present table proves it: the new one has all its parts, no shorter, and no values of them merge. */
function isAlreadyUnique(index: Index, facts: ChangeFacts): boolean {
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
  const { probe } = facts;
  const part = key.parts[at];
  if (part?.column === undefined) return isSameExpression(key, at, index, facts);
  const pair = pairs.find(({ before }) => before.name === part.column);
  if (pair === undefined || storedAs(pair.before, pair.after)?.merges !== false) return false;
  const { before, after } = pair;
  if (after.generated && expressionOf(before, probe.before) !== expressionOf(after, probe.after))
    return false;
  return index.parts.some(({ column, prefix }) => column === after.name && isAsLong(prefix, part));
}

function isAsLong(prefix: number | undefined, part: IndexPart): boolean {
  return prefix === undefined || (part.prefix !== undefined && part.prefix <= prefix);
}

function isSameExpression(key: Index, at: number, index: Index, facts: ChangeFacts): boolean {
  const text = expressionAt(key, at, facts.probe.before);
  if (text === undefined || 'why' in onRows([text], facts)) return false;
  return index.parts.some(
    (part, to) => part.column === undefined && expressionAt(index, to, facts.probe.after) === text,
  );
}
