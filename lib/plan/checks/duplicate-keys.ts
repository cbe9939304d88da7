import type { Index } from '../../inspect/shape.js';
import { counted } from '../human.js';
import { isAlreadyUnique } from './already-unique.js';
import type { ChangeFacts } from './check-facts.js';
import { columnPairs } from './column-pairs.js';
import { findKeys } from './find-rows.js';
import { type PartValue, partValue } from './key-parts.js';
import type { Finding, Question } from './question.js';

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
