import type { TableFacts } from '../inspect/table.js';
import { quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
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
    const definition = inReferences(child.facts, parent.name, () => quoteTable(to));
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
    const referred = columnsReferred(facts, parent.name).join().toLowerCase();
    const column = columns.find((each) => referred.includes(quoteName(each).toLowerCase()));
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

/** The columns of the parent, as `` (`a`, `b`) ``, of each foreign key that points at it. */
function columnsReferred(child: TableFacts, parent: TableName): string[] {
  const columns: string[] = [];
  inReferences(child, parent, (text, each) => {
    columns.push(each);
    return text;
  });
  return columns;
}

function inReferences(
  { name, definition }: TableFacts,
  parent: TableName,
  change: (parent: string, columns: string) => string,
): string {
  const spelt = [quoteTable(parent), ...(name.schema === parent.schema ? [quoteName(parent.name)] : [])];
  return definition.replace(reference, (whole, text: string, columns: string) =>
    spelt.includes(text) ? ` REFERENCES ${change(text, columns)} ${columns}` : whole,
  );
}

const name = '`(?:[^`]|``)+`';
const reference = new RegExp(` REFERENCES ((?:${name}\\.)?${name}) (\\(${name}(?:, ${name})*\\))`, 'g');
