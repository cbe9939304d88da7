import { type ChangeFacts, isSameName as same } from '../checks/shared/facts.js';
import type { Rename } from '../documents/plan.js';
import { quoteName, quoteTable } from '../sql/names.js';
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
  kept: readonly { before: Column; after: Column }[];
  /** The change deletes rows. */
  rowsGone: boolean;
  /** Columns that keep their name and lose their values. */
  lost: readonly string[];
  parts: { before: readonly Part[]; after: readonly Part[] };
}

export function changeOf({ table, statement, probe }: ChangeFacts): Change {
  const { before, after, tracer } = probe;
  const traced = tracer.kind === 'known' ? tracer : undefined;
  const renames = union(statement.renames, traced?.renames ?? []).filter(
    ({ from, to }) => named(before.columns, from) && named(after.columns, to),
  );
  const kept = before.columns.flatMap((column) => {
    const renamed = renames.find(({ from }) => same(from, column.name))?.to;
    const taken = renames.some(({ to }) => same(to, column.name));
    const now = renamed ?? (taken ? undefined : column.name);
    const found = now === undefined ? undefined : named(after.columns, now);
    return found ? [{ before: column, after: found }] : [];
  });
  return {
    table: quoteTable(table.name),
    clauses: statement.clauses.length,
    before,
    after,
    renames,
    added: after.columns.filter((column) => !kept.some((pair) => pair.after === column)),
    dropped: before.columns.filter((column) => !kept.some((pair) => pair.before === column)),
    kept,
    rowsGone: traced?.rowsGone ?? false,
    lost: traced?.lost ?? [],
    parts: { before: partsOf(before.definition), after: partsOf(after.definition) },
  };
}

/** A column as it follows ADD or MODIFY: as SHOW CREATE TABLE writes it, if that is known. */
export function columnSql(column: Column, parts: readonly Part[], nullable = false): string {
  const body = parts.find(({ what, name }) => what === 'column' && same(name, column.name))?.body;
  const known = body ?? `${column.type}${column.nullable ? '' : ' NOT NULL'}`;
  return `${quoteName(column.name)} ${nullable ? withNull(known) : known}`;
}

/** Fills a column without touching those that the server sets at every UPDATE. */
export function fillSql({ table, before }: Change, set: string, where: string): string {
  const kept = before.columns
    .filter(({ extra }) => /on update/i.test(extra))
    .map(({ name }) => quoteName(name));
  return `UPDATE ${table} SET ${[set, ...kept.map((name) => `${name} = ${name}`)].join(', ')} WHERE ${where}`;
}

export function named(columns: readonly Column[], name: string): Column | undefined {
  return columns.find((column) => same(column.name, name));
}

function union(declared: readonly Rename[], traced: readonly Rename[]): Rename[] {
  const isDeclared = ({ from, to }: Rename) =>
    declared.some((rename) => same(rename.from, from) || same(rename.to, to));
  return [...declared, ...traced.filter((rename) => !isDeclared(rename))];
}

/** The body of a column's definition without its NOT NULL; a string that contains these words stays as it is. */
function withNull(body: string): string {
  let found = false;
  return body.replace(/'(?:[^'\\]|\\.|'')*'|\bNOT NULL\b/gs, (text) => {
    if (text.startsWith("'") || found) return text;
    found = true;
    return 'NULL';
  });
}
