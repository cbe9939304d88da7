import { rowColumn } from '../../rows/question.js';
import { kindOf } from '../../table/column-kind.js';
import { partsOf } from '../../table/definition.js';
import type { Column, Index, TableShape } from '../../table/shape.js';
import { expressionOf, onRows } from './expressions.js';
import { type ChangeFacts, columnPairs } from './facts.js';

/** What a row will have in one part of a key. */
export type PartValue =
  | { kind: 'value'; sql: string }
  /** The same in every row. */
  | { kind: 'constant' }
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
  const pair = columnPairs(facts).find(({ after }) => after.name === column.name);
  if (column.generated) return computed(column, pair?.before, facts);
  if (pair === undefined) return added(column, facts);
  const stored = storedAs(pair.before, column);
  if (stored !== undefined) return { kind: 'value', sql: stored.sql };
  const why = `the effect of a conversion from ${pair.before.type} to ${column.type} cannot be predicted`;
  return { kind: 'unknown', why };
}

/** The expression stands for the column, so that a column that the change adds can be checked too. */
function computed(column: Column, before: Column | undefined, facts: ChangeFacts): PartValue {
  const text = expressionOf(column, facts.probe.after);
  const was = before?.generated === true ? expressionOf(before, facts.probe.before) : undefined;
  if (before !== undefined && text === was) {
    const stored = storedAs(before, column);
    if (stored !== undefined) return { kind: 'value', sql: stored.sql };
  }
  const value = expressionValue(text, facts);
  if (value.kind !== 'value' || column.collation === undefined) return value;
  const converted = `CONVERT(${value.sql} USING ${column.charset ?? 'utf8mb4'}) COLLATE ${column.collation}`;
  return { kind: 'value', sql: converted };
}

/** A column that the change adds has its default in every row. */
function added(column: Column, { server }: ChangeFacts): PartValue {
  if (/auto_increment/i.test(column.extra)) return { kind: 'distinct' };
  const text = column.default;
  // MariaDB writes NULL, and strings in quotes.
  const isNull = text === undefined || (server.flavor === 'mariadb' && text === 'NULL');
  if (isNull && column.nullable) return { kind: 'distinct' };
  if (isNull) return { kind: 'constant' };
  const isMoment = /^current_timestamp|^now\(/i.test(text);
  const isComputed =
    server.flavor === 'mariadb'
      ? !/^('.*'|-?[\d.]+|b'.*'|x'.*')$/is.test(text)
      : /DEFAULT_GENERATED/i.test(column.extra);
  if (isComputed && !isMoment) {
    return { kind: 'unknown', why: `the default of ${column.name}, ${text}, is computed for each row` };
  }
  return { kind: 'constant' };
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
  if (before.type === after.type && before.collation === after.collation) {
    return { sql: column, merges: false };
  }
  const [from, to] = [kindOf(before), kindOf(after)];
  switch (to.family) {
    case 'text':
    case 'enum':
    case 'set':
      return asText(column, before, after);
    case 'integer':
    case 'decimal':
      return asNumber(column, before, to.family === 'decimal' ? to.scale : 0);
    case 'date':
      return { sql: `CAST(${column} AS DATE)`, merges: from.family !== 'date' };
    case 'datetime':
    case 'timestamp': {
      const same = from.family === to.family || from.family === 'date';
      const merges = !same || ('fraction' in from && from.fraction > to.fraction);
      return { sql: `CAST(${column} AS DATETIME(${to.fraction}))`, merges };
    }
    case 'time': {
      const merges = from.family !== 'time' || from.fraction > to.fraction;
      return { sql: `CAST(${column} AS TIME(${to.fraction}))`, merges };
    }
    case 'binary': {
      const bytes = from.family === 'binary' || from.family === 'text';
      if (!bytes) return undefined;
      // BINARY pads with zero bytes.
      const sql = `CAST(${column} AS BINARY)`;
      return to.padded
        ? { sql: `RPAD(${sql}, ${to.bytes}, X'00')`, merges: true }
        : { sql: `LEFT(${sql}, ${to.bytes})`, merges: lengthOf(before) > to.bytes };
    }
    case 'float':
      return from.family === 'float' && to.double ? { sql: column, merges: false } : undefined;
    default:
      return undefined;
  }
}

/** Under the new collation, and cut at the new length. */
function asText(column: string, before: Column, after: Column): Stored {
  const text = before.collation === undefined && !isBytes(before) ? `CAST(${column} AS CHAR)` : column;
  const charset = after.charset ?? 'utf8mb4';
  const collation = after.collation === undefined ? '' : ` COLLATE ${after.collation}`;
  const isShorter = before.collation !== undefined && lengthOf(after) < lengthOf(before);
  const converted = `CONVERT(${text} USING ${charset})`;
  const cut = isShorter && !isBlob(after) ? `LEFT(${converted}, ${lengthOf(after)})` : converted;
  return {
    sql: `${cut}${collation}`,
    merges:
      isShorter ||
      (before.collation !== after.collation && (before.collation !== undefined || isBytes(before))),
  };
}

const isBytes = ({ dataType }: Column) => /binary$|blob$/.test(dataType);
const isBlob = ({ dataType }: Pick<Column, 'dataType'>) => /text$|blob$/.test(dataType);

/** Manual, "Data Type Storage Requirements"; characters or bytes, ENUM and SET have no limit of their own. */
function lengthOf({ dataType, type }: Column): number {
  const [length] = /\d+/.exec(type.startsWith('enum') || type.startsWith('set') ? '' : type) ?? [];
  const blobs: Readonly<Record<string, number>> = { tiny: 255, medium: 16_777_215, long: 4_294_967_295 };
  if (isBlob({ dataType })) return blobs[dataType.replace(/text|blob/, '')] ?? 65_535;
  return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
}

/** DECIMAL rounds as the conversion does; SIGNED would cut. */
function asNumber(column: string, before: Column, scale: number): Stored | undefined {
  const from = kindOf(before);
  switch (from.family) {
    case 'integer':
    case 'year':
      return { sql: column, merges: false };
    case 'decimal':
      return from.scale <= scale
        ? { sql: column, merges: false }
        : { sql: `CAST(${column} AS DECIMAL(65,${scale}))`, merges: true };
    case 'text':
    case 'float':
      return { sql: `CAST(${column} AS DECIMAL(65,${scale}))`, merges: true };
    case 'bit':
    case 'enum':
      return { sql: `${column} + 0`, merges: false };
    default:
      return undefined;
  }
}
