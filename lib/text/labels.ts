import { type TableName, tableLabel } from '../sql/names.js';
import { oneLine } from './human.js';

/** What a statement concerns, for people: its table, or the beginning of its text. */
export function subjectOf({ table, sql }: { table?: TableName; sql: string }): string {
  return table === undefined ? oneLine(sql, 40) : tableLabel(table);
}

/** The state of a table, as its label has it, that nobody has changed. */
export function asItWas(label: string): string {
  return `${label} is as it was.`;
}
