import { rowColumn } from '../../rows/question.js';
import { quoteString } from '../../sql/names.js';
import { type Kind, kindOf } from '../../table/column-kind.js';
import { partsOf } from '../../table/definition.js';
import type { Column, Index, TableShape } from '../../table/shape.js';
import { expressionOf, onRows } from './expressions.js';
import { type ChangeFacts, columnPairs } from './facts.js';

/** What a row will have in one part of a key. */
type PartValue =
  | { kind: 'value'; sql: string }
  /** The same in every row; `sql` if it is known. */
  | { kind: 'constant'; sql?: string }
  /** NULL in every row, or a new number for each: the key repeats nothing. */
  | { kind: 'distinct' }
  | { kind: 'unknown'; why: string };

/** @param at which part of the index, from 0 */
export function partValue(index: Index, at: number, facts: ChangeFacts): PartValue {
  const part = index.parts[at];
  if (part?.column === undefined) return expressionValue(expressionAt(index, at, facts.probe.after), facts);
  const column = facts.probe.after.columns.find(({ name }) => name === part.column);
  if (column === undefined) return { kind: 'unknown', why: `it has no column ${part.column}` };
  const value = columnValue(column, facts);
  if (value.kind !== 'value' || part.prefix === undefined) return value;
  return { kind: 'value', sql: `LEFT(${value.sql}, ${part.prefix})` };
}

function expressionValue(expression: string | undefined, facts: ChangeFacts): PartValue {
  if (expression === undefined) return { kind: 'unknown', why: 'an expression in it cannot be read' };
  const asked = onRows([expression], facts);
  return 'why' in asked ? { kind: 'unknown', why: asked.why } : { kind: 'value', sql: asked.sql.join('') };
}

/** From SHOW CREATE TABLE: information_schema escapes its quotes once too often. */
export function expressionAt({ name }: Index, at: number, { definition }: TableShape): string | undefined {
  return partsOf(definition, 'key').find((key) => key.name === name)?.items[at]?.expression;
}

function columnValue(column: Column, facts: ChangeFacts): PartValue {
  const before = columnPairs(facts).find(({ after }) => after.name === column.name)?.before;
  if (column.generated) return computed(column, before, facts);
  if (before === undefined) return added(column, facts);
  const stored = storedAs(before, column);
  if (stored !== undefined) return { kind: 'value', sql: stored.sql };
  return { kind: 'unknown', why: unpredictable(before, column) };
}

export function unpredictable(before: Column, after: Column): string {
  return `the effect of a conversion from ${before.type} to ${after.type} cannot be predicted`;
}

/** The expression stands for the column, so that a column that the change adds can be checked too. */
function computed(column: Column, before: Column | undefined, facts: ChangeFacts): PartValue {
  const text = expressionOf(column, facts.probe.after);
  const was = before?.generated === true ? expressionOf(before, facts.probe.before) : undefined;
  const stored = before !== undefined && text === was ? storedAs(before, column) : undefined;
  if (stored !== undefined) return { kind: 'value', sql: stored.sql };
  const value = expressionValue(text, facts);
  if (value.kind !== 'value' || column.collation === undefined) return value;
  const converted = `CONVERT(${value.sql} USING ${column.charset ?? 'utf8mb4'}) COLLATE ${column.collation}`;
  return { kind: 'value', sql: converted };
}

/** What a column that the change adds holds in every row, as a literal; undefined if it is not the same, or unknown. */
export function addedValue(column: Column, facts: ChangeFacts): string | undefined {
  const value = added(column, facts);
  if (value.kind === 'constant') return value.sql;
  return value.kind === 'distinct' && column.nullable ? 'NULL' : undefined;
}

/** A column that the change adds has its default in every row. */
function added(column: Column, { server }: ChangeFacts): PartValue {
  const isMaria = server.flavor === 'mariadb';
  if (/auto_increment/i.test(column.extra)) return { kind: 'distinct' };
  const text = column.default;
  // MariaDB writes NULL, and strings in quotes.
  if (text === undefined || (isMaria && text === 'NULL')) {
    return column.nullable ? { kind: 'distinct' } : { kind: 'constant', ...implicitDefault(column) };
  }
  const isComputed = isMaria
    ? !/^('.*'|-?[\d.]+|b'.*'|x'.*')$/is.test(text)
    : /DEFAULT_GENERATED/i.test(column.extra);
  if (/^current_timestamp|^now\(/i.test(text)) return { kind: 'constant' };
  if (!isComputed) {
    const isLiteral = isMaria || /^b'[01]*'$/.test(text);
    return { kind: 'constant', sql: isLiteral ? text : quoteString(text) };
  }
  return { kind: 'unknown', why: `the default of ${column.name}, ${text}, is computed for each row` };
}

/** Without a default: 0 or '' (manual, "Data Type Default Values"). */
function implicitDefault(column: Column): { sql?: string } {
  switch (kindOf(column).family) {
    case 'integer':
    case 'decimal':
    case 'float':
      return { sql: '0' };
    case 'text':
    case 'binary':
      return { sql: "''" };
    default:
      return {};
  }
}

/** A column's values as they will be stored. */
interface Stored {
  /** Over the present rows; compares as the new column will. */
  sql: string;
  /** Values that differ now may be the same then. */
  merges: boolean;
}

/** @returns undefined if no expression is known that converts as the change does */
export function storedAs(before: Column, after: Column): Stored | undefined {
  const column = rowColumn(before.name);
  const asIs = { sql: column, merges: false };
  if (before.type === after.type && before.collation === after.collation) return asIs;
  const [from, to] = [kindOf(before), kindOf(after)];
  switch (to.family) {
    case 'text':
    case 'enum':
    case 'set':
      return asText(column, before, after);
    case 'integer':
      return asNumber(column, from, 0);
    case 'decimal':
      return asNumber(column, from, to.scale);
    case 'date':
      return { sql: `CAST(${column} AS DATE)`, merges: from.family !== 'date' };
    case 'datetime':
    case 'timestamp': {
      const isMoment = from.family === to.family || from.family === 'date';
      const merges = !isMoment || ('fraction' in from && from.fraction > to.fraction);
      return { sql: `CAST(${column} AS DATETIME(${to.fraction}))`, merges };
    }
    case 'time': {
      const merges = from.family !== 'time' || from.fraction > to.fraction;
      return { sql: `CAST(${column} AS TIME(${to.fraction}))`, merges };
    }
    case 'binary': {
      if (from.family !== 'binary' && from.family !== 'text') return undefined;
      // BINARY pads with zero bytes.
      const sql = `CAST(${column} AS BINARY)`;
      return to.padded
        ? { sql: `RPAD(${sql}, ${to.bytes}, X'00')`, merges: true }
        : { sql: `LEFT(${sql}, ${to.bytes})`, merges: lengthOf(from) > to.bytes };
    }
    case 'float':
      return from.family === 'float' && to.double ? asIs : undefined;
    default:
      return undefined;
  }
}

/** Under the new collation, and cut at the new length. */
function asText(column: string, before: Column, after: Column): Stored {
  const [from, to] = [kindOf(before), kindOf(after)];
  const hasCollation = before.collation !== undefined;
  const isString = hasCollation || from.family === 'binary';
  const isShorter = hasCollation && lengthOf(to) < lengthOf(from);
  const text = isString ? column : `CAST(${column} AS CHAR)`;
  const converted = `CONVERT(${text} USING ${after.charset ?? 'utf8mb4'})`;
  const isCut = isShorter && to.family === 'text' && 'chars' in to.room;
  const cut = isCut ? `LEFT(${converted}, ${lengthOf(to)})` : converted;
  return {
    sql: after.collation === undefined ? cut : `${cut} COLLATE ${after.collation}`,
    merges: isShorter || (before.collation !== after.collation && isString),
  };
}

/** In characters or bytes; ENUM and SET have no limit of their own. */
function lengthOf(kind: Kind): number {
  if (kind.family === 'binary') return kind.bytes;
  if (kind.family !== 'text') return Number.POSITIVE_INFINITY;
  return 'chars' in kind.room ? kind.room.chars : kind.room.bytes;
}

/** DECIMAL rounds as the conversion does; SIGNED would cut. */
function asNumber(column: string, from: Kind, scale: number): Stored | undefined {
  const rounded = { sql: `CAST(${column} AS DECIMAL(65,${scale}))`, merges: true };
  switch (from.family) {
    case 'integer':
    case 'year':
      return { sql: column, merges: false };
    case 'decimal':
      return from.scale <= scale ? { sql: column, merges: false } : rounded;
    case 'text':
    case 'float':
      return rounded;
    case 'bit':
    case 'enum':
      return { sql: `${column} + 0`, merges: false };
    default:
      return undefined;
  }
}
