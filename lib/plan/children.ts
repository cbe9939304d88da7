import type { TableFacts } from '../inspect/table.js';
import { quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { partsOf, withParts } from '../table/definition.js';
import { type ForeignKey, withParent } from '../table/parts.js';
import type { TableAhead } from './ahead.js';
import type { PlanningContext } from './context.js';
import { tableAhead } from './plain/outlook.js';

/** Whether a foreign key of the child points at the table when the statement is reached. */
export function pointsAt(
  child: TableName,
  parent: TableName,
  { ahead }: Pick<PlanningContext, 'ahead'>,
): boolean {
  const found = ahead.get(child);
  if (found?.state !== 'known') return found?.state !== 'gone';
  return columnsReferred(found.facts, parent).length > 0;
}

/** The server keeps foreign keys pointing at a table that is renamed: its children have another definition then. */
export async function renameInChildren(
  parent: TableFacts,
  to: TableName,
  context: PlanningContext,
): Promise<void> {
  for (const child of await childrenOf(parent, context)) {
    const { name, definition: now } = child.facts;
    const definition = withParts(now, (part) =>
      part.what === 'foreign-key' && refersTo(part, name.schema, parent.name)
        ? withParent(part, quoteTable(to))
        : part.sql,
    );
    context.ahead.set(child.facts.name, { ...child, facts: { ...child.facts, definition } });
  }
}

/** Children of a column that is renamed get another definition, which no clone can have before it is renamed. */
export async function forgetChildren(
  parent: TableFacts,
  columns: readonly string[],
  context: PlanningContext,
): Promise<void> {
  if (columns.length === 0) return;
  for (const { facts } of await childrenOf(parent, context)) {
    const referred = columnsReferred(facts, parent.name).map((name) => name.toLowerCase());
    const column = columns.find((each) => referred.includes(each.toLowerCase()));
    if (column === undefined) continue;
    const why = `its foreign key points at ${tableLabel(parent.name)}.${column}, which is renamed`;
    context.ahead.set(facts.name, { state: 'unforeseen', why });
  }
}

async function childrenOf(
  parent: TableFacts,
  context: PlanningContext,
): Promise<Extract<TableAhead, { state: 'known' }>[]> {
  const names = new Map<string, TableName>();
  for (const { child } of parent.foreignKeys.incoming) names.set(tableLabel(child), child);
  for (const name of context.ahead.known()) names.set(tableLabel(name), name);
  const children = [];
  for (const name of names.values()) {
    const child = await tableAhead(name, context);
    if (child?.state === 'known' && columnsReferred(child.facts, parent.name).length > 0)
      children.push(child);
  }
  return children;
}

/** The columns of the parent that foreign keys of the child refer to. */
function columnsReferred({ name, definition }: TableFacts, parent: TableName): string[] {
  return partsOf(definition, 'foreign-key').flatMap((key) =>
    refersTo(key, name.schema, parent) ? key.parentColumns : [],
  );
}

function refersTo({ parent: { schema, name } }: ForeignKey, own: string, parent: TableName): boolean {
  return (schema ?? own) === parent.schema && name === parent.name;
}
