import type { Column, Index, TableShape } from './shape.js';

export type KeyedShape = Pick<TableShape, 'columns' | 'indexes'>;

export interface SharedKey {
  /** The key by which gh-ost reads the original table. */
  before: Index;
  /** The first unique key of the shadow table that has all of its columns. */
  after: Index;
}

/**
 * The unique key by which gh-ost would copy rows (go/logic/inspect.go): in its order of preference, the first whose columns
 * are all in some unique key of the shadow table, under their old names, and which has no FLOAT or JSON. It may be
 * nullable, which gh-ost then refuses.
 * @returns undefined if there is none
 */
export function chooseSharedKey(before: KeyedShape, after: KeyedShape): SharedKey | undefined {
  const candidates = uniqueKeys(after);
  for (const key of uniqueKeys(before)) {
    const partner = candidates.find((candidate) => hasAllColumns(candidate, key));
    if (partner && !key.parts.some(({ column }) => isUnfit(columnOf(before, column)))) {
      return { before: key, after: partner };
    }
  }
  return undefined;
}

/** The unique keys that gh-ost sees, best first; it does not see those over expressions alone. */
export function uniqueKeys(shape: KeyedShape): Index[] {
  return shape.indexes
    .filter(({ unique, parts }) => unique && parts.some(({ column }) => column !== undefined))
    .map((index) => ({ index, ranks: ranksOf(shape, index) }))
    .sort((a, b) => compare(a.ranks, b.ranks))
    .map(({ index }) => index);
}

/** The primary key first, then keys without nullable columns, without text in front, of small numbers, of few parts. */
function ranksOf(shape: KeyedShape, { name, parts }: Index): number[] {
  const first = columnOf(shape, parts.find(({ column }) => column !== undefined)?.column);
  const size = ['tinyint', 'smallint', 'int', 'bigint'].indexOf(first?.dataType ?? '');
  return [
    name === 'PRIMARY' ? 0 : 1,
    parts.some(({ nullable }) => nullable) ? 1 : 0,
    first?.charset === undefined ? 0 : 1,
    size === -1 ? 100 : size,
    parts.length,
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((rank, index) => rank - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** To gh-ost, a key is the set of its columns without its expressions. Names are compared with their case. */
function hasAllColumns(candidate: Index, key: Index): boolean {
  const columns = new Set(candidate.parts.map(({ column }) => column));
  return key.parts.every(({ column }) => column === undefined || columns.has(column));
}

function columnOf(shape: KeyedShape, name: string | undefined): Column | undefined {
  return shape.columns.find((column) => column.name === name);
}

function isUnfit(column: Column | undefined): boolean {
  return column?.dataType === 'float' || column?.dataType === 'json';
}
