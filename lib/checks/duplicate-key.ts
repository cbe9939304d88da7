import type { Index } from '../table/shape.js';
import { counted } from '../text/human.js';
import { expressionOf, onRows } from './shared/expressions.js';
import { type ChangeFacts, columnPairs, indexLabel } from './shared/facts.js';
import type { Hazards, RowsAsked } from './shared/hazard.js';
import { expressionAt, partValue, storedAs } from './shared/key-values.js';

export const duplicateHazards: Hazards = {
  /**
   * Rows that would repeat a key of a new unique index, under its collation and prefix. A strict ALTER stops at the first
   * (1062); gh-ost copies with INSERT IGNORE, and drops them.
   */
  'duplicate-key': {
    level: 'danger',
    final: true,
    inRows: (facts) => keysAsked(facts, (index) => !existed(index, facts), ''),
  },
  /** The same in a unique index that exists, if its columns get another collation, charset or type. */
  'duplicate-under-collation': {
    level: 'danger',
    final: true,
    inRows: (facts) =>
      keysAsked(
        facts,
        (index) => existed(index, facts),
        ': values that differ now become equal in the new collation or type',
      ),
  },
};

/** The unique indexes whose keys may repeat. */
function keysAsked(facts: ChangeFacts, isAsked: (index: Index) => boolean, because: string): RowsAsked[] {
  return facts.probe.after.indexes
    .filter((index) => index.unique && isAsked(index) && !isAlreadyUnique(index, facts))
    .flatMap((index): RowsAsked | RowsAsked[] => {
      const label = indexLabel(index);
      const about = `whether rows would repeat a key of ${label}`;
      const values = index.parts.map((_, at) => partValue(index, at, facts));
      if (values.some(({ kind }) => kind === 'distinct')) return [];
      const unknown = values.find((value) => value.kind === 'unknown');
      if (unknown !== undefined) return { about, why: unknown.why };
      const own = values.flatMap((value) => (value.kind === 'value' ? [value.sql] : []));
      return {
        // A value that is the same in every row tells no row from another; with nothing else, no two rows may exist.
        keyParts: own.length > 0 ? own : ['0'],
        about,
        text: (count) => `${counted(count, 'row')} would repeat a key of ${label}${because}.`,
        fix: 'Change, merge or delete them first.',
      };
    });
}

/** A unique index over the same columns exists. */
function existed(index: Index, facts: ChangeFacts): boolean {
  const pairs = columnPairs(facts);
  const was = (name = '') => pairs.find(({ after }) => after.name === name)?.before.name;
  const key = index.parts.map(({ column, prefix }) => `${was(column)} ${prefix}`).join();
  return facts.probe.before.indexes.some(
    ({ unique, parts }) => unique && parts.map(({ column, prefix }) => `${column} ${prefix}`).join() === key,
  );
}

/** A unique index of the present table proves it: the new one has all its parts, no shorter, and no values of them merge. */
function isAlreadyUnique(index: Index, facts: ChangeFacts): boolean {
  return facts.probe.before.indexes.some(
    (key) => key.unique && key.parts.every((_, at) => isHeld(key, at, index, facts)),
  );
}

function isHeld(key: Index, at: number, index: Index, facts: ChangeFacts): boolean {
  const { probe } = facts;
  const part = key.parts[at];
  if (part?.column === undefined) return isSameExpression(key, at, index, facts);
  const pair = columnPairs(facts).find(({ before }) => before.name === part.column);
  if (pair === undefined || storedAs(pair.before, pair.after)?.merges !== false) return false;
  const { before, after } = pair;
  if (after.generated && expressionOf(before, probe.before) !== expressionOf(after, probe.after))
    return false;
  const isAsLong = (prefix = Number.POSITIVE_INFINITY) => prefix >= (part.prefix ?? Number.POSITIVE_INFINITY);
  return index.parts.some(({ column, prefix }) => column === after.name && isAsLong(prefix));
}

function isSameExpression(key: Index, at: number, index: Index, facts: ChangeFacts): boolean {
  const text = expressionAt(key, at, facts.probe.before);
  if (text === undefined || 'why' in onRows([text], facts)) return false;
  return index.parts.some(
    (part, to) => part.column === undefined && expressionAt(index, to, facts.probe.after) === text,
  );
}
