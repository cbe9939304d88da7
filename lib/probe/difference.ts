import type { Rename } from '../documents/plan.js';
import { nameAfter } from '../sql/names.js';
import type { Clause } from '../sql/statement.js';
import { comparable } from '../table/forms.js';
import type { Column, Index, IndexPart, TableShape } from '../table/shape.js';

/** What an ALTER does to the shape of a table. A rename looks like a dropped and an added column here. */
export interface Difference {
  /** SHOW CREATE TABLE differs. */
  definition: boolean;
  columns: Changes<Column>;
  indexes: Changes<Index>;
}

interface Changes<T> {
  added: readonly T[];
  dropped: readonly T[];
  changed: readonly { before: T; after: T }[];
}

/** @param renames columns that get another name: an index over one of them is still the same index */
export function differenceOf(
  before: TableShape,
  after: TableShape,
  renames: readonly Rename[] = [],
): Difference {
  const renamed = (part: IndexPart) =>
    part.column === undefined ? part : { ...part, column: nameAfter(renames, part.column) };
  const wasIndexes = before.indexes.map((index) => ({ ...index, parts: index.parts.map(renamed) }));
  return {
    definition: comparable(before.definition) !== comparable(after.definition),
    columns: compare(before.columns, after.columns),
    indexes: compare(wasIndexes, after.indexes),
  };
}

function compare<T extends Column | Index>(before: readonly T[], after: readonly T[]): Changes<T> {
  const was = new Map(before.map((item) => [item.name, item]));
  const is = new Map(after.map((item) => [item.name, item]));
  return {
    added: after.filter(({ name }) => !was.has(name)),
    dropped: before.filter(({ name }) => !is.has(name)),
    changed: before.flatMap((item) => {
      const now = is.get(item.name);
      return now !== undefined && textOf(now) !== textOf(item) ? [{ before: item, after: now }] : [];
    }),
  };
}

/** Whatever rows it has. */
function textOf(shape: Column | Index): string {
  return JSON.stringify({ ...shape, cardinality: undefined });
}

/**
 * An index is built: the table has to be read. One that only gets another name (RENAME INDEX) is not; DROP of one
 * and ADD of the same under another name looks alike, and builds it (measured on MySQL).
 */
export function buildsIndex({ indexes }: Difference, clauses: readonly Clause[]): boolean {
  const renames = clauses.filter(({ head: [verb, what] }) => verb === 'RENAME' && what !== 'COLUMN');
  const isRenamed = (index: Index) =>
    renames.some(({ text }) => text.includes(index.name)) &&
    indexes.dropped.some((dropped) => textOf({ ...dropped, name: index.name }) === textOf(index));
  return indexes.changed.length > 0 || !indexes.added.every(isRenamed);
}
