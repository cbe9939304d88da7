import { type ChangeFacts, type ColumnPair, pairsByName, renamesOf } from '../checks/shared/facts.js';
import type { Rename } from '../documents/plan.js';
import { isSameName, quoteName, quoteTable } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import type { Part } from '../table/parts.js';
import type { Column, TableShape } from '../table/shape.js';

/** A change as the application sees it: which columns are dropped, added and changed. */
export interface Change {
  /** Quoted, with its schema. */
  table: string;
  /** How many clauses the statement has. */
  clauses: number;
  before: TableShape;
  after: TableShape;
  renames: readonly Rename[];
  added: readonly Column[];
  dropped: readonly Column[];
  /** Columns that exist before and after, under whatever name. */
  kept: readonly ColumnPair[];
  /** The change deletes rows. */
  rowsGone: boolean;
  /** Columns that keep their name and lose their values. */
  lost: readonly string[];
  parts: { before: readonly Part[]; after: readonly Part[] };
}

export function changeOf(facts: ChangeFacts): Change {
  const { before, after, tracer } = facts.probe;
  const kept = pairsByName(facts);
  const { rowsGone, lost } = tracer.kind === 'known' ? tracer : { rowsGone: false, lost: [] };
  return {
    table: quoteTable(facts.table.name),
    clauses: facts.statement.clauses.length,
    before,
    after,
    renames: renamesOf(facts),
    added: after.columns.filter((column) => !kept.some((pair) => pair.after === column)),
    dropped: before.columns.filter((column) => !kept.some((pair) => pair.before === column)),
    kept,
    rowsGone,
    lost,
    parts: { before: partsOf(before.definition), after: partsOf(after.definition) },
  };
}

/** A column as it follows ADD or MODIFY: as SHOW CREATE TABLE writes it, if that is known. */
export function columnSql(column: Column, parts: readonly Part[], nullable = false): string {
  const body = parts.find(({ what, name }) => what === 'column' && isSameName(name, column.name))?.body;
  const known = body ?? `${column.type}${column.nullable ? '' : ' NOT NULL'}`;
  return `${quoteName(column.name)} ${nullable ? withNull(known) : known}`;
}

/** The body of a column's definition without its NOT NULL; a string that contains these words stays as it is. */
function withNull(body: string): string {
  return body.replace(/^((?:'(?:[^'\\]|\\.)*'|[^'])*?)\bNOT NULL\b/s, '$1NULL');
}

/** Fills a column without touching those that the server sets at every UPDATE. */
export function fillSql({ table, before }: Change, set: string, where: string): string {
  const kept = before.columns
    .filter(({ extra }) => /on update/i.test(extra))
    .map(({ name }) => `${quoteName(name)} = ${quoteName(name)}`);
  return `UPDATE ${table} SET ${[set, ...kept].join(', ')} WHERE ${where}`;
}
