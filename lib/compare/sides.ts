import { rowAlias } from '../rows/question.js';
import { quoteName, quoteTable, type TableName } from '../sql/names.js';
import type { Column, TableShape } from '../table/shape.js';

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

/**
 * An SQL predicate: the copy's value is what the original's becomes by the change. True for two NULLs; never NULL.
 * The original is called `rowAlias`, the copy `g`.
 */
function sameValue(from: Column, to: Column): string {
  const [was, is] = [`${rowAlias}.${quoteName(from.name)}`, `g.${quoteName(to.name)}`];
  const [source, target] = [familyOf(from), familyOf(to)];
  switch (target) {
    case 'exact':
      return `${source === 'exact' ? was : asExact(was, source, to)} <=> ${is}`;
    case 'float':
      return from.type === to.type ? `${was} <=> ${is}` : nearlySame(was, is);
    case 'temporal':
      return from.type === to.type
        ? `${was} <=> ${is}`
        : `(${asTemporal(was, to)} <=> ${is} OR ${was} <=> ${is})`;
    case 'json':
      return `${source === 'json' ? was : asJson(was)} <=> ${is}`;
    case 'text':
      return `${bytesOf(asText(was, from, to))} <=> ${bytesOf(is)}`;
    case 'binary':
      return `${to.dataType === 'binary' ? padded(was, to) : `CAST(${was} AS BINARY)`} <=> CAST(${is} AS BINARY)`;
    case 'other':
      return `HEX(${was}) <=> HEX(${is})`;
  }
}

type Family = 'exact' | 'float' | 'temporal' | 'json' | 'text' | 'binary' | 'other';

const families: Readonly<Record<Exclude<Family, 'other'>, readonly string[]>> = {
  exact: ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'year'],
  float: ['float', 'double'],
  temporal: ['date', 'time', 'datetime', 'timestamp'],
  json: ['json'],
  text: ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'],
  binary: ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'],
};

function familyOf({ dataType }: Column): Family {
  const found = Object.entries(families).find(([, types]) => types.includes(dataType));
  return (found?.[0] as Family | undefined) ?? 'other';
}

/** A floating number becomes a whole one by the rules of floating ones; a text keeps all its digits. */
function asExact(was: string, source: Family, { dataType, type }: Column): string {
  const places = /\((\d+,\d+)\)/.exec(type)?.[1];
  if (dataType === 'decimal' && places !== undefined) return `CAST(${was} AS DECIMAL(${places}))`;
  if (source === 'float') return `ROUND(${was})`;
  return source === 'text' ? `CAST(${was} AS DECIMAL(65,10))` : `${was} + 0`;
}

/** A double cut to a float, or a number written another way; below what a float can hold, all is nothing. */
function nearlySame(was: string, is: string): string {
  return `COALESCE(ABS(${was} - ${is}) <= 1e-6 * ABS(${was}) + 1e-37, ${was} IS NULL AND ${is} IS NULL)`;
}

/** Rounded as the server rounds what it converts. A zero date does not bear it, and is itself on the other side. */
function asTemporal(was: string, { dataType, type }: Column): string {
  const fraction = /\((\d)\)/.exec(type)?.[0] ?? '';
  if (dataType === 'date') return `CAST(${was} AS DATE)`;
  return `CAST(${was} AS ${dataType === 'time' ? 'TIME' : 'DATETIME'}${fraction})`;
}

/**
 * By value: the server sorts the names, and gh-ost writes 1.0 as 1 when it applies a change (go-mysql reads a double,
 * and Go's encoding/json writes the shortest form).
 */
function asJson(was: string): string {
  return `CAST(IF(JSON_VALID(${was}), ${was}, NULL) AS JSON)`;
}

/** Bytes become a text by being read in its character set. CHAR has no spaces at its end. */
function asText(was: string, from: Column, { dataType, charset }: Column): string {
  const isBinary = familyOf(from) === 'binary' && charset !== undefined;
  const text = isBinary ? `CONVERT(${was} USING ${charset})` : was;
  return dataType === 'char' ? `TRIM(TRAILING ' ' FROM ${text})` : text;
}

/** Letter by letter, whatever the collation thinks is the same. */
function bytesOf(value: string): string {
  return `CAST(CONVERT(${value} USING utf8mb4) AS BINARY)`;
}

function padded(value: string, { type }: Column): string {
  return `RPAD(CAST(${value} AS BINARY), ${/\d+/.exec(type)?.[0] ?? 1}, 0x00)`;
}
