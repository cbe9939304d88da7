import type { Column } from '../../inspect/shape.js';
import { rowAlias } from '../../plan/checks/question.js';
import { quoteName } from '../../sql/quote.js';

/**
 * An SQL predicate: the copy's value is what the original's becomes by the change. True for two NULLs; never NULL.
 * The original is called `rowAlias`, the copy `g`.
 */
export function sameValue(from: Column, to: Column): string {
  const [was, is] = [`${rowAlias}.${quoteName(from.name)}`, `g.${quoteName(to.name)}`];
  const [source, target] = [familyOf(from), familyOf(to)];
  switch (target) {
    case 'exact':
      return `${source === 'exact' ? was : `${was} + 0`} <=> ${is}`;
    case 'float':
      return from.type === to.type ? `${was} <=> ${is}` : nearlySame(was, is);
    case 'temporal':
      return `${from.type === to.type ? was : asTemporal(was, to)} <=> ${is}`;
    case 'text':
      return `${bytesOf(was, source)} <=> ${bytesOf(is, target)}`;
    case 'binary':
      return `${to.dataType === 'binary' ? padded(was, to) : `CAST(${was} AS BINARY)`} <=> CAST(${is} AS BINARY)`;
    case 'other':
      return `HEX(${was}) <=> HEX(${is})`;
  }
}

type Family = 'exact' | 'float' | 'temporal' | 'text' | 'binary' | 'other';

const families: Readonly<Record<Exclude<Family, 'other'>, readonly string[]>> = {
  exact: ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'year'],
  float: ['float', 'double'],
  temporal: ['date', 'time', 'datetime', 'timestamp'],
  text: ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set', 'json'],
  binary: ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'],
};

function familyOf({ dataType }: Column): Family {
  const found = Object.entries(families).find(([, types]) => types.includes(dataType));
  return (found?.[0] as Family | undefined) ?? 'other';
}

/** A double cut to a float, or a number written another way. */
function nearlySame(was: string, is: string): string {
  return `COALESCE(ABS(${was} - ${is}) <= 1e-6 * ABS(${was}), ${was} IS NULL AND ${is} IS NULL)`;
}

/** Rounded as the server rounds what it converts. */
function asTemporal(was: string, { dataType, type }: Column): string {
  const fraction = /\((\d)\)/.exec(type)?.[0] ?? '';
  if (dataType === 'date') return `CAST(${was} AS DATE)`;
  return `CAST(${was} AS ${dataType === 'time' ? 'TIME' : 'DATETIME'}${fraction})`;
}

/** Letter by letter, whatever the collation thinks is the same. */
function bytesOf(value: string, family: Family): string {
  return family === 'binary' ? `CAST(${value} AS BINARY)` : `CAST(CONVERT(${value} USING utf8mb4) AS BINARY)`;
}

function padded(value: string, { type }: Column): string {
  return `RPAD(CAST(${value} AS BINARY), ${/\d+/.exec(type)?.[0] ?? 1}, 0x00)`;
}
