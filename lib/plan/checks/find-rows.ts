import { quoteName, quoteTable } from '../../sql/quote.js';
import type { TableName } from '../plan.js';
import { rowAlias } from './question.js';

/** The statement by which a person finds the rows of a predicate. */
export function findRows(table: TableName, predicate: string): string {
  return `SELECT * FROM ${quoteTable(table)} AS ${quoteName(rowAlias)} WHERE ${predicate}`;
}

/** The statement by which a person finds the keys that repeat. */
export function findKeys(table: TableName, parts: readonly string[]): string {
  const places = parts.map((_, at) => at + 1).join(', ');
  const nonNull = parts.map((part) => `${part} IS NOT NULL`).join(' AND ');
  return (
    `SELECT ${parts.join(', ')}, COUNT(*) FROM ${quoteTable(table)} AS ${quoteName(rowAlias)} ` +
    `WHERE ${nonNull} GROUP BY ${places} HAVING COUNT(*) > 1`
  );
}

/** A column of the table as it is, in a statement that asks its rows. */
export function rowColumn(name: string): string {
  return `${quoteName(rowAlias)}.${quoteName(name)}`;
}
