import type { Column, TableShape } from '../../inspect/shape.js';
import { rowAlias } from '../../plan/checks/question.js';
import type { TableName } from '../../plan/plan.js';
import { quoteName, quoteTable } from '../../sql/quote.js';
import { sameValue } from './same-value.js';

/** A table and the copy that gh-ost has made of it. */
export interface Copy {
  original: TableName;
  copy: TableName;
  /** Both as they are now. */
  shapes: { original: TableShape; copy: TableShape };
  renames: readonly { from: string; to: string }[];
  /** Of the unique key that the copy went along: the same on both sides (gh-ost needs them so). */
  key: readonly string[];
}

/** One of the two tables, and what makes a row of it suspicious. */
export interface Side {
  table: TableName;
  shape: TableShape;
  /** True for a row that the other table does not have, or has with other values. */
  suspicious: string;
  /** Tells whether the row was written between two looks. */
  content: string;
  what: 'lost' | 'surplus';
}

export function sidesOf({ original, copy, shapes, renames, key }: Copy): Side[] {
  const pairs = shared(shapes.original.columns, shapes.copy.columns, renames);
  const same = pairs.map(({ from, to }) => `(${sameValue(from, to)})`);
  const match = (alias: string, there: TableShape, here: TableShape) =>
    key.map((name) => `${alias}.${quoteName(name)} = ${keyValue(name, there, here)}`).join(' AND ');
  const contents = pairs.map(({ from }) => `COALESCE(HEX(${rowAlias}.${quoteName(from.name)}), '-')`);
  return [
    {
      table: original,
      shape: shapes.original,
      suspicious: `NOT EXISTS (SELECT 1 FROM ${quoteTable(copy)} g WHERE ${[match('g', shapes.copy, shapes.original), ...same].join(' AND ')})`,
      content: `CRC32(CONCAT_WS(',', ${contents.join(', ')}))`,
      what: 'lost',
    },
    {
      table: copy,
      shape: shapes.copy,
      suspicious: `NOT EXISTS (SELECT 1 FROM ${quoteTable(original)} o WHERE ${match('o', shapes.original, shapes.copy)})`,
      content: '0',
      what: 'surplus',
    },
  ];
}

/** Under the collation of the other table, so that its index serves, where the two are not the same. */
function keyValue(name: string, there: TableShape, here: TableShape): string {
  const value = `${rowAlias}.${quoteName(name)}`;
  const [is, was] = [there, here].map(({ columns }) => columns.find((column) => sameName(column.name, name)));
  if (is?.collation === undefined || is.collation === was?.collation) return value;
  return `CONVERT(${value} USING ${is.charset ?? 'utf8mb4'}) COLLATE ${is.collation}`;
}

/** Generated columns are left out: they follow from the others, and their expression may be what changes. */
function shared(
  was: readonly Column[],
  is: readonly Column[],
  renames: Copy['renames'],
): { from: Column; to: Column }[] {
  return was.flatMap((from) => {
    const name = renames.find((rename) => sameName(rename.from, from.name))?.to ?? from.name;
    const to = is.find((column) => sameName(column.name, name));
    return to === undefined || from.generated || to.generated ? [] : [{ from, to }];
  });
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
