import type { Column, Index, TableShape } from '../../inspect/shape.js';
import { partsOf } from '../../probe/definition-lines.js';
import { quoteString } from '../../sql/quote.js';
import type { ChangeFacts } from './check-facts.js';
import { columnPairs } from './column-pairs.js';
import { expressionOf, onRows } from './on-rows.js';
import { grouped, listed } from './parentheses.js';
import { storedAs } from './stored-as.js';

/** What a row will have in one part of a key. */
export type PartValue =
  | { kind: 'value'; sql: string }
  /** The same in every row. */
  | { kind: 'constant'; sql: string }
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
  const asked = onRows(expression, facts);
  return 'why' in asked ? { kind: 'unknown', why: asked.why } : { kind: 'value', sql: asked.sql };
}

/** From SHOW CREATE TABLE: information_schema escapes its quotes once too often. */
export function expressionAt({ name }: Index, at: number, { definition }: TableShape): string | undefined {
  const line = partsOf(definition).find((part) => part.what === 'key' && part.name === name);
  const group = line && grouped(line.body);
  const item = group && listed(group.inside)[at];
  return item === undefined ? undefined : grouped(item)?.inside;
}

function columnValue(column: Column, facts: ChangeFacts): PartValue {
  const pair = columnPairs(facts).find(({ after }) => after.name === column.name);
  if (column.generated) return computed(column, pair?.before, facts);
  if (pair === undefined) return added(column, facts);
  const stored = storedAs(pair.before, column);
  if (stored !== undefined) return { kind: 'value', sql: stored.sql };
  return {
    kind: 'unknown',
    why: `a conversion from ${pair.before.type} to ${column.type} cannot be judged beforehand`,
  };
}

/** A computed column is asked by its expression, so that one that the change adds can be asked too. */
function computed(column: Column, before: Column | undefined, facts: ChangeFacts): PartValue {
  const text = expressionOf(column, facts.probe.after);
  const was = before?.generated === true ? expressionOf(before, facts.probe.before) : undefined;
  if (before !== undefined && text === was) {
    const stored = storedAs(before, column);
    if (stored !== undefined) return { kind: 'value', sql: stored.sql };
  }
  const value = expressionValue(text === undefined ? undefined : grouped(text)?.inside, facts);
  if (value.kind !== 'value' || column.collation === undefined) return value;
  const converted = `CONVERT(${value.sql} USING ${column.charset ?? 'utf8mb4'}) COLLATE ${column.collation}`;
  return { kind: 'value', sql: converted };
}

/** A column that the change makes has its default in every row. */
function added(column: Column, { server }: ChangeFacts): PartValue {
  if (/auto_increment/i.test(column.extra)) return { kind: 'distinct' };
  const text = column.default;
  // MariaDB says NULL, and writes strings with quotes.
  const isNull = text === undefined || (server.flavor === 'mariadb' && text === 'NULL');
  if (isNull && column.nullable) return { kind: 'distinct' };
  if (isNull) return { kind: 'constant', sql: "''" };
  const isMoment = /^current_timestamp|^now\(/i.test(text);
  const isComputed =
    server.flavor === 'mariadb'
      ? !/^('.*'|-?[\d.]+|b'.*'|x'.*')$/is.test(text)
      : /DEFAULT_GENERATED/i.test(column.extra);
  if (isComputed && !isMoment) {
    return { kind: 'unknown', why: `what ${column.name} will have, ${text}, is computed for each row` };
  }
  return { kind: 'constant', sql: quoteString(text) };
}
