import type { TableFacts } from '../../inspect/table.js';
import { counted } from '../../plan/human.js';
import type { Check, TableName } from '../../plan/plan.js';
import { tableLabel } from '../../plan/table-label.js';
import { quoteTable } from '../../sql/quote.js';
import type { PlanningContext } from '../context.js';
import { markRewritten, type Outlook, rowsOf, tableAhead } from './outlook.js';

/** DROP TABLE: of a table with rows it is a danger. One that is not there is nothing to do. */
export async function dropTable(names: readonly TableName[], context: PlanningContext): Promise<Outlook> {
  const checks: Check[] = [];
  let rows: Pick<Outlook, 'rows' | 'rowsExact'> = {};
  const gone: string[] = [];
  for (const name of names) {
    const table = await tableAhead(name, context);
    context.ahead.set(name, { state: 'gone' });
    if (table === undefined) {
      gone.push(tableLabel(name));
    } else if (table.state === 'known') {
      rows = rowsOf(table.facts);
      checks.push(
        ...(await rowsLost('drop-table', 'DROP TABLE', table.facts, context)),
        ...tied(table.facts),
      );
    }
  }
  if (gone.length === names.length) {
    const reasons = gone.map((label) => ({
      id: 'in-place',
      text: `Already in place: there is no ${label}.`,
    }));
    return { reasons, settled: { strategy: 'nothing' } };
  }
  const labels = names.map(tableLabel).filter((label) => !gone.includes(label));
  return { reasons: [{ id: 'plain', text: `Drops ${labels.join(', ')}.` }], checks, ...rows };
}

/** TRUNCATE deletes every row, and cannot be rolled back. */
export async function truncateTable(name: TableName, context: PlanningContext): Promise<Outlook> {
  const table = await tableAhead(name, context);
  const facts = table?.state === 'known' ? table.facts : undefined;
  await markRewritten(name, context);
  return {
    reasons: [{ id: 'plain', text: `Deletes every row of ${tableLabel(name)}.` }],
    checks: facts === undefined ? [] : await rowsLost('truncate-table', 'TRUNCATE', facts, context),
    ...(facts && rowsOf(facts)),
  };
}

async function rowsLost(
  id: string,
  what: string,
  { name, rows }: TableFacts,
  { session }: PlanningContext,
): Promise<Check[]> {
  // An estimate of 0 is no proof, and a count is not always cheap: one row is.
  const isEmpty =
    rows?.exact === true
      ? rows.count === 0
      : (await session.rows(`SELECT 1 FROM ${quoteTable(name)} LIMIT 1`)).length === 0;
  if (isEmpty) return [];
  const many = rows === undefined ? 'rows' : `${rows.exact ? '' : 'about '}${counted(rows.count, 'row')}`;
  return [
    {
      id,
      level: 'danger',
      text: `${what} of ${tableLabel(name)} deletes ${many}, and there is no way back.`,
      ...(rows && { count: rows.count }),
      fix: 'Rename the table and drop it later, when nobody has missed it.',
    },
  ];
}

function tied({ name, foreignKeys, views = [] }: TableFacts): Check[] {
  const children = foreignKeys.incoming.filter(({ child }) => tableLabel(child) !== tableLabel(name));
  const checks: Check[] = [];
  if (children.length > 0) {
    checks.push({
      id: 'drop-table-parent',
      level: 'danger',
      final: true,
      text: `Foreign keys point at ${tableLabel(name)}, and the server will not drop it: ${children.map((key) => `${tableLabel(key.child)} (${key.name})`).join(', ')}.`,
      fix: 'Drop these foreign keys first.',
    });
  }
  if (views.length > 0) {
    checks.push({
      id: 'table-mentioned',
      level: 'danger',
      text: `Views over ${tableLabel(name)} would fail from then on: ${views.map(tableLabel).join(', ')}.`,
      fix: 'Change or drop them first.',
    });
  }
  return checks;
}
