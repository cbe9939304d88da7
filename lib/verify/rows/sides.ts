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
  /** In lower case: columns that are dropped, and made anew where one of the name is there afterwards. */
  drops: ReadonlySet<string>;
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

export function sidesOf(all: Copy): Side[] {
  const { original, copy, shapes, key } = all;
  const pairs = sharedColumns(all);
  const same = pairs.map(({ from, to }) => `(${sameValue(from, to)})`);
  const match = (alias: string, there: TableShape, here: TableShape) =>
    key.map((name) => `${alias}.${quoteName(name)} = ${keyValue(name, there, here)}`);
  const sameKey = key.flatMap((name) => exactly(name, shapes));
  const contents = pairs.map(({ from }) => `COALESCE(${contentOf(from)}, '-')`);
  return [
    {
      table: original,
      shape: shapes.original,
      suspicious: missing(copy, 'g', [...match('g', shapes.copy, shapes.original), ...same]),
      content: `CONCAT_WS(',', ${contents.join(', ')})`,
      what: 'lost',
    },
    {
      table: copy,
      shape: shapes.copy,
      suspicious: missing(original, 'o', [...match('o', shapes.original, shapes.copy), ...sameKey]),
      content: "''",
      what: 'surplus',
    },
  ];
}

/**
 * The columns whose values the copy takes over. A generated one of the copy follows from the others, and its expression
 * may be what changes.
 */
export function sharedColumns({ shapes, renames, drops }: Copy): { from: Column; to: Column }[] {
  return shapes.original.columns.flatMap((from) => {
    const name = renames.find((rename) => sameName(rename.from, from.name))?.to ?? from.name;
    const to = shapes.copy.columns.find((column) => sameName(column.name, name));
    return to === undefined || to.generated || drops.has(from.name.toLowerCase()) ? [] : [{ from, to }];
  });
}

function missing(table: TableName, alias: string, conditions: readonly string[]): string {
  return `NOT EXISTS (SELECT 1 FROM ${quoteTable(table)} ${alias} WHERE ${conditions.join(' AND ')})`;
}

/** Small, whatever the value is: a long text of all values would be NULL above max_allowed_packet. */
function contentOf({ name, dataType }: Column): string {
  const value = `${rowAlias}.${quoteName(name)}`;
  return `CRC32(${plain.has(dataType) ? value : `HEX(${value})`})`;
}

const plain = new Set([
  ...['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'],
  ...['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'],
]);

/** Where the two sides do not think the same of letters, a row of another key may stand for it. */
function exactly(name: string, { original, copy }: Copy['shapes']): string[] {
  const [was, is] = [original, copy].map(({ columns }) => columns.find((each) => sameName(each.name, name)));
  if (was?.collation === undefined || is?.collation === undefined || was.collation === is.collation)
    return [];
  const bytes = (alias: string) => `CAST(CONVERT(${alias}.${quoteName(name)} USING utf8mb4) AS BINARY)`;
  return [`${bytes('o')} = ${bytes(rowAlias)}`];
}

/** Under the collation of the other table, so that its index serves, where the two are not the same. */
function keyValue(name: string, there: TableShape, here: TableShape): string {
  const value = `${rowAlias}.${quoteName(name)}`;
  const [is, was] = [there, here].map(({ columns }) => columns.find((column) => sameName(column.name, name)));
  if (is?.collation === undefined || is.collation === was?.collation) return value;
  return `CONVERT(${value} USING ${is.charset ?? 'utf8mb4'}) COLLATE ${is.collation}`;
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
