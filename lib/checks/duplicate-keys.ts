import { type Finding, findKeys, type Question } from '../rows/question.js';
import type { Index, IndexPart } from '../table/shape.js';
import { counted } from '../text/human.js';
import { type ChangeFacts, type ColumnPair, columnPairs } from './check-facts.js';
import { expressionAt, type PartValue, partValue, storedAs } from './key-parts.js';
import { expressionOf, onRows } from './on-rows.js';

/**
 * Rows that would have the same key as another: under a new unique key, or under one that there is when its columns
 * get another collation, charset or type. Asked under the collation and prefix to come. A strict ALTER stops at the
 * first (1062); gh-ost copies with INSERT IGNORE, and drops them.
 */
export function duplicateKeys(facts: ChangeFacts): Question[] {
  return facts.probe.after.indexes
    .filter(({ unique }) => unique)
    .filter((index) => !isAlreadyUnique(index, facts))
    .flatMap((index) => question(index, facts));
}

function question(index: Index, facts: ChangeFacts): Question[] {
  const values = index.parts.map((_, at) => partValue(index, at, facts));
  if (values.some(({ kind }) => kind === 'distinct')) return [];
  const id = isThere(index, facts) ? 'duplicate-under-collation' : 'duplicate-key';
  const label = labelOf(index);
  const about = `whether rows would repeat a key of ${label}`;
  const unknown = values.find(
    (value): value is Extract<PartValue, { kind: 'unknown' }> => value.kind === 'unknown',
  );
  if (unknown !== undefined) return [{ kind: 'unknown', finding: { id, about }, why: unknown.why }];
  const own = values.flatMap((value) => (value.kind === 'value' ? [value.sql] : []));
  // What is the same in every row tells none from another; where there is nothing else, no two rows may be there.
  const parts = own.length > 0 ? own : ['0'];
  return [{ kind: 'key', parts, finding: findingOf(id, label, about, parts, facts) }];
}

function findingOf(
  id: 'duplicate-key' | 'duplicate-under-collation',
  label: string,
  about: string,
  parts: readonly string[],
  { table }: ChangeFacts,
): Finding {
  const how =
    id === 'duplicate-key'
      ? `would repeat a key of ${label}`
      : `would repeat a key of ${label}: values that differ now are the same in the collation or type to come`;
  return {
    id,
    level: 'danger',
    final: true,
    text: (count) => `${counted(count, 'row')} ${how}.`,
    fix: `Change, merge or delete them first. Find them: ${findKeys(table.name, parts)}`,
    about,
  };
}

/** A unique key over the same columns is there already. */
function isThere(index: Index, facts: ChangeFacts): boolean {
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

/**
 * A unique key of the table as it is makes sure of it: all its parts are in the new key, cut no shorter, and no two of
 * its values become the same.
 */
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
