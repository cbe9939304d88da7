import { rowColumn } from '../rows/question.js';
import { quoteName } from '../sql/names.js';
import { type Kind, kindOf } from '../table/column-kind.js';
import type { Column } from '../table/shape.js';

/**
 * An SQL predicate: the value in the shadow table is what the original value becomes by the change. True for two NULLs;
 * never NULL. The original table is called `rowAlias`, the shadow table `g`.
 */
export function sameValue(from: Column, to: Column): string {
  const [was, is] = [rowColumn(from.name), `g.${quoteName(to.name)}`];
  const [source, target] = [familyOf(from), familyOf(to)];
  const isSameType = from.type === to.type;
  switch (target) {
    case 'exact':
      return `${source === 'exact' ? was : asExact(was, source, to)} <=> ${is}`;
    case 'float':
      return isSameType ? `${was} <=> ${is}` : nearlySame(was, is);
    case 'temporal':
      return isSameType ? `${was} <=> ${is}` : `(${asTemporal(was, to)} <=> ${is} OR ${was} <=> ${is})`;
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

const families: Readonly<Record<Kind['family'], Family>> = {
  ...{ integer: 'exact', decimal: 'exact', year: 'exact' },
  ...{ date: 'temporal', time: 'temporal', datetime: 'temporal', timestamp: 'temporal' },
  ...{ text: 'text', enum: 'text', set: 'text' },
  ...{ float: 'float', json: 'json', binary: 'binary', bit: 'other', other: 'other' },
};

function familyOf(column: Column): Family {
  return families[kindOf(column).family];
}

/** A floating number becomes a whole one by its own rules of rounding; a text keeps all its digits. */
function asExact(was: string, source: Family, { dataType, type }: Column): string {
  const places = /\((\d+,\d+)\)/.exec(type)?.[1];
  if (dataType === 'decimal' && places !== undefined) return `CAST(${was} AS DECIMAL(${places}))`;
  if (source === 'float') return `ROUND(${was})`;
  return source === 'text' ? `CAST(${was} AS DECIMAL(65,10))` : `${was} + 0`;
}

/** A double cut to a float, or a number written another way; what a float cannot hold counts as 0. */
function nearlySame(was: string, is: string): string {
  return `COALESCE(ABS(${was} - ${is}) <= 1e-6 * ABS(${was}) + 1e-37, ${was} IS NULL AND ${is} IS NULL)`;
}

/** Rounded as the server rounds in a conversion. CAST turns a zero date into NULL; it is itself on the other side. */
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

/** Bytes are read in the character set of the text. CHAR has no spaces at its end. */
function asText(was: string, from: Column, { dataType, charset }: Column): string {
  const isBinary = familyOf(from) === 'binary' && charset !== undefined;
  const text = isBinary ? `CONVERT(${was} USING ${charset})` : was;
  return dataType === 'char' ? `TRIM(TRAILING ' ' FROM ${text})` : text;
}

/** Byte by byte, whatever the collation holds to be equal. */
function bytesOf(value: string): string {
  return `CAST(CONVERT(${value} USING utf8mb4) AS BINARY)`;
}

function padded(value: string, { type }: Column): string {
  return `RPAD(CAST(${value} AS BINARY), ${/\d+/.exec(type)?.[0] ?? 1}, 0x00)`;
}
