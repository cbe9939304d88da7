import type { Rename } from '../documents/plan.js';
import type { Clause } from '../sql/statement.js';
import { comparable } from '../table/forms.js';
import type { Column, Index, TableShape } from '../table/shape.js';

/** What an ALTER does to the shape of a table. A rename looks like a dropped and an added column here. */
export interface Difference {
  /** SHOW CREATE TABLE differs. */
  definition: boolean;
  columnsAdded: readonly Column[];
  columnsDropped: readonly Column[];
  columnsChanged: readonly { before: Column; after: Column }[];
  indexesAdded: readonly Index[];
  indexesDropped: readonly Index[];
  indexesChanged: readonly { before: Index; after: Index }[];
}

/** @param renames columns that get another name: an index over one of them is still the same index */
export function differenceOf(
  before: TableShape,
  after: TableShape,
  renames: readonly Rename[] = [],
): Difference {
  const columns = compare(before.columns, after.columns, columnKey);
  const wasIndexes = before.indexes.map((index) => withRenames(index, renames));
  const indexes = compare(wasIndexes, after.indexes, indexKey);
  return {
    definition: comparable(before.definition) !== comparable(after.definition),
    columnsAdded: columns.added,
    columnsDropped: columns.dropped,
    columnsChanged: columns.changed,
    indexesAdded: indexes.added,
    indexesDropped: indexes.dropped,
    indexesChanged: indexes.changed,
  };
}

function compare<T extends { name: string }>(
  before: readonly T[],
  after: readonly T[],
  key: (item: T) => string,
) {
  const was = new Map(before.map((item) => [item.name, item]));
  const is = new Map(after.map((item) => [item.name, item]));
  return {
    added: after.filter((item) => !was.has(item.name)),
    dropped: before.filter((item) => !is.has(item.name)),
    changed: before.flatMap((item) => {
      const now = is.get(item.name);
      return now !== undefined && key(now) !== key(item) ? [{ before: item, after: now }] : [];
    }),
  };
}

function withRenames(index: Index, renames: readonly Rename[]): Index {
  const to = (column: string) =>
    renames.find(({ from }) => from.toLowerCase() === column.toLowerCase())?.to ?? column;
  return {
    ...index,
    parts: index.parts.map((part) =>
      part.column === undefined ? part : { ...part, column: to(part.column) },
    ),
  };
}

const columnKey = (column: Column) => JSON.stringify(column);

function indexKey({ cardinality: _, ...index }: Index): string {
  return JSON.stringify(index);
}

/**
 * An index is built: the table has to be read. One that only gets another name (RENAME INDEX) is not; DROP of one
 * and ADD of the same under another name looks alike, and builds it (measured on MySQL).
 */
export function buildsIndex(difference: Difference, clauses: readonly Clause[]): boolean {
  const renames = clauses.filter(({ head: [verb, what] }) => verb === 'RENAME' && what !== 'COLUMN');
  const isRenamed = (index: Index) =>
    renames.some(({ text }) => text.includes(index.name)) &&
    difference.indexesDropped.some(
      (dropped) => indexKey({ ...dropped, name: index.name }) === indexKey(index),
    );
  return difference.indexesChanged.length > 0 || !difference.indexesAdded.every(isRenamed);
}
