import { rowAlias, rowColumn } from '../../rows/question.js';
import { lex, type Token } from '../../sql/lexer.js';
import { isSameName, type TableName, tableLabel } from '../../sql/names.js';
import { partitionManagement } from '../../sql/partition-clause.js';
import { hasKeyword, nameOf } from '../../sql/tokens.js';
import type { Column } from '../../table/shape.js';
import { expressionOf, onRows } from './expressions.js';
import { type ChangeFacts, columnPairs } from './facts.js';
import { addedValue, storedAs } from './key-values.js';

/** What can be known, while a file is planned, of the rows that one of its statements will find. */
export type RowsAhead =
  /** An earlier statement creates the table. */
  | { kind: 'none' }
  /** Which rows there will be depends on an earlier statement: `statement 2 writes rows of shop.t`. */
  | { kind: 'written'; why: string }
  | PresentRows;

/** The rows that are there now, whatever earlier statements make of their columns. */
export interface PresentRows {
  kind: 'present';
  /** What the table is called now. */
  from: TableName;
  /** Its columns now. */
  columns: readonly Column[];
  /** What each column will hold, by its name in lower case. */
  values: ReadonlyMap<string, OverRows>;
}

/** An expression over the present rows; or why they cannot tell: `statement 1 converts email`. */
export type OverRows = { sql: string } | { why: string };

/** No statement before this one has touched the table. */
export function presentRows(from: TableName, columns: readonly Column[]): PresentRows {
  const values = columns.map(({ name }) => [name.toLowerCase(), { sql: rowColumn(name) }] as const);
  return { kind: 'present', from, columns, values: new Map(values) };
}

/**
 * Why a statement will not find rows and columns of a table as they are now; undefined if it will.
 * @param name what it calls the table
 */
export function whyOtherRows(
  rows: RowsAhead,
  name: TableName,
  columns: readonly string[],
): string | undefined {
  const label = tableLabel(name);
  if (rows.kind === 'none') return `${label} is created by an earlier statement`;
  if (rows.kind === 'written') return rows.why;
  if (tableLabel(rows.from) !== label) return `${label} is called ${tableLabel(rows.from)} before that`;
  for (const column of columns) {
    const value = rows.values.get(column.toLowerCase());
    if (value !== undefined && 'why' in value) return value.why;
    if (!isSameName(value?.sql ?? '', rowColumn(column))) return `an earlier statement changes ${label}`;
  }
  return undefined;
}

/** Whether the table will be found as it is now, except for its indexes. */
export function areUntouched(
  rows: RowsAhead,
  { name, columns }: { name: TableName; columns: readonly Column[] },
): boolean {
  const names = columns.map((column) => column.name);
  return (
    rows.kind === 'present' &&
    columns.length === rows.columns.length &&
    whyOtherRows(rows, name, names) === undefined
  );
}

/** Something that is asked of the rows that a statement will find, asked of the rows that are there now. */
export function overPresentRows(sql: string, rows: PresentRows): OverRows {
  const tokens = lex(sql);
  // In a subquery a name alone may be a column of another table.
  const hasSubquery = hasKeyword(sql, 'SELECT');
  let result = '';
  let from = 0;
  for (let at = 0; at < tokens.length; at++) {
    const column = columnAt(tokens, at, hasSubquery);
    if (column === undefined) continue;
    const value = rows.values.get(column.name.toLowerCase());
    if (value === undefined) continue;
    if ('why' in value) return value;
    const [first, last] = [tokens[at], tokens[at + column.tokens - 1]];
    result += sql.slice(from, first?.start) + value.sql;
    from = last?.end ?? from;
    at += column.tokens - 1;
  }
  return { sql: result + sql.slice(from) };
}

/** A column of the table itself, and of how many tokens its name is made. */
function columnAt(
  tokens: readonly Token[],
  at: number,
  hasSubquery: boolean,
): { name: string; tokens: number } | undefined {
  const [before, token, dot, column] = [tokens[at - 1], tokens[at], tokens[at + 1], tokens[at + 2]];
  if (token?.kind !== 'quoted-name' || before?.text === '.') return undefined;
  const name = nameOf(token) ?? '';
  if (dot?.text !== '.') return hasSubquery ? undefined : { name, tokens: 1 };
  if (name !== rowAlias || column === undefined) return undefined;
  return { name: nameOf(column) ?? '', tokens: 3 };
}

/** The rows that the statement after this change will find. @param number of the statement that makes it, from 1 */
export function rowsAfter(rows: RowsAhead, facts: ChangeFacts, number: number): RowsAhead {
  if (rows.kind !== 'present') return rows;
  const { statement, probe, table } = facts;
  const { tracer } = probe;
  const losesRows = tracer.kind === 'known' && tracer.rowsGone;
  if (losesRows || partitionManagement(statement.clauses) === 'drop') {
    return { kind: 'written', why: `statement ${number} deletes rows of ${tableLabel(table.name)}` };
  }
  const values = probe.after.columns.map(
    (column) => [column.name.toLowerCase(), valueAfter(column, rows, facts, number)] as const,
  );
  return { ...rows, values: new Map(values) };
}

function valueAfter(column: Column, rows: PresentRows, facts: ChangeFacts, number: number): OverRows {
  const { probe } = facts;
  const before = columnPairs(facts).find(({ after }) => after.name === column.name)?.before;
  const why = (verb: string) => ({ why: `statement ${number} ${verb} ${column.name}` });
  if (column.generated) {
    const expression = expressionOf(column, probe.after);
    const isSame = before?.generated === true && expressionOf(before, probe.before) === expression;
    if (!isSame) {
      const over = expression === undefined ? undefined : onRows([expression], facts);
      return over !== undefined && 'sql' in over
        ? overPresentRows(`(${over.sql.join('')})`, rows)
        : why('computes');
    }
  }
  const value = before === undefined ? addedValue(column, facts) : storedAs(before, column)?.sql;
  if (value !== undefined) return overPresentRows(value, rows);
  return why(before === undefined ? 'adds' : 'converts');
}

/**
 * The rows after a statement that writes some.
 * @param columns those that it writes; absent: any, or whole rows
 */
export function rowsWritten(rows: RowsAhead, why: string, columns?: readonly string[]): RowsAhead {
  if (rows.kind !== 'present') return rows.kind === 'none' ? { kind: 'written', why } : rows;
  if (columns === undefined) return { kind: 'written', why };
  const values = new Map(rows.values);
  for (const column of columns) values.set(column.toLowerCase(), { why });
  return { ...rows, values };
}

/**
 * Columns that there are before and after a change, and whose present values it is the first to leave nowhere: they are in
 * no column any more, and the one of that name is known to be another.
 */
export function emptiedColumns(before: RowsAhead, after: RowsAhead): string[] {
  if (before.kind !== 'present' || after.kind !== 'present') return [];
  return after.columns
    .filter(({ name, generated }) => !generated && !isEmptied(before, name) && isEmptied(after, name))
    .map(({ name }) => name);
}

function isEmptied({ values }: PresentRows, name: string): boolean {
  const own = values.get(name.toLowerCase());
  if (own === undefined || 'why' in own) return false;
  const now = rowColumn(name).toLowerCase();
  return ![...values.values()].some((value) => 'sql' in value && value.sql.toLowerCase().includes(now));
}
