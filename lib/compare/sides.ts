import { rowAlias, rowColumn } from '../rows/question.js';
import { nameAfter, named, quoteName, quoteTable, type TableName } from '../sql/names.js';
import { kindOf } from '../table/column-kind.js';
import type { Column, TableShape } from '../table/shape.js';
import { sameValue } from './same-value.js';

/** A table and the shadow table that gh-ost has filled from it. */
export interface ComparedTables {
  original: TableName;
  shadow: TableName;
  /** Both as they are now. */
  shapes: { original: TableShape; shadow: TableShape };
  renames: readonly { from: string; to: string }[];
  /** In lower case: columns that are dropped, even if the change adds one of the same name. */
  drops: ReadonlySet<string>;
  /** Of the unique key along which gh-ost copied: the same on both sides, as it requires. */
  key: readonly string[];
}

/** One of the two tables, and when a row of it differs from the other table. */
export interface Side {
  table: TableName;
  shape: TableShape;
  /** True for a row that the other table does not have, or has with other values. */
  differs: string;
  /** Shows whether the row was written between two looks. */
  content: string;
  what: 'lost' | 'surplus';
}

export function sidesOf(tables: ComparedTables): Side[] {
  const { original, shadow, shapes, key } = tables;
  const pairs = sharedColumns(tables);
  const same = pairs.map(({ from, to }) => `(${sameValue(from, to)})`);
  const match = (alias: string, there: TableShape, here: TableShape) =>
    key.map((name) => `${alias}.${quoteName(name)} = ${keyValue(name, there, here)}`);
  const sameKey = key.flatMap((name) => exactly(name, shapes));
  const contents = pairs.map(({ from }) => `COALESCE(${contentOf(from)}, '-')`);
  return [
    {
      table: original,
      shape: shapes.original,
      differs: missing(shadow, 'g', [...match('g', shapes.shadow, shapes.original), ...same]),
      content: `CONCAT_WS(',', ${contents.join(', ')})`,
      what: 'lost',
    },
    {
      table: shadow,
      shape: shapes.shadow,
      differs: missing(original, 'o', [...match('o', shapes.original, shapes.shadow), ...sameKey]),
      content: "''",
      what: 'surplus',
    },
  ];
}

/**
 * The columns whose values are copied. A generated column of the shadow table follows from the others, and its expression
 * may be what changes.
 */
export function sharedColumns({ shapes, renames, drops }: ComparedTables): { from: Column; to: Column }[] {
  return shapes.original.columns.flatMap((from) => {
    const to = named(shapes.shadow.columns, nameAfter(renames, from.name));
    return to === undefined || to.generated || drops.has(from.name.toLowerCase()) ? [] : [{ from, to }];
  });
}

function missing(table: TableName, alias: string, conditions: readonly string[]): string {
  return `NOT EXISTS (SELECT 1 FROM ${quoteTable(table)} ${alias} WHERE ${conditions.join(' AND ')})`;
}

/** Small, whatever the value is: a long text of all values would be NULL above max_allowed_packet. */
function contentOf(column: Column): string {
  const value = rowColumn(column.name);
  const { family } = kindOf(column);
  return `CRC32(${family === 'text' || family === 'binary' ? value : `HEX(${value})`})`;
}

/** If the collations of the two sides differ, a row with another key could be taken for it. */
function exactly(name: string, { original, shadow }: ComparedTables['shapes']): string[] {
  const collations = [original, shadow].map((shape) => named(shape.columns, name)?.collation);
  if (collations.includes(undefined) || collations[0] === collations[1]) return [];
  const bytes = (alias: string) => `CAST(CONVERT(${alias}.${quoteName(name)} USING utf8mb4) AS BINARY)`;
  return [`${bytes('o')} = ${bytes(rowAlias)}`];
}

/** Under the collation of the other table if the two differ, so that its index serves. */
function keyValue(name: string, there: TableShape, here: TableShape): string {
  const value = rowColumn(name);
  const is = named(there.columns, name);
  if (is?.collation === undefined || is.collation === named(here.columns, name)?.collation) return value;
  return `CONVERT(${value} USING ${is.charset ?? 'utf8mb4'}) COLLATE ${is.collation}`;
}
