import type { Check } from '../../documents/plan.js';
import { exitCodes } from '../../exit-code.js';
import { dropsParentWithChild } from '../../inspect/capabilities.js';
import type { TableFacts } from '../../inspect/table.js';
import { quoteTable, type TableName, tableLabel } from '../../sql/names.js';
import type { PlainStatement } from '../../sql/statement.js';
import { counted } from '../../text/human.js';
import type { TableAhead } from '../ahead.js';
import { pointsAt } from '../children.js';
import type { PlanningContext } from '../context.js';
import { markRewritten, type Outlook, rowsOf, tableAhead } from './outlook.js';

type KnownAhead = Extract<TableAhead, { state: 'known' }>;

/** DROP TABLE: of a table with rows it is a danger. One that is not there is nothing to do. */
export async function dropTable(
  { conditional }: Pick<PlainStatement, 'conditional'>,
  names: readonly TableName[],
  context: PlanningContext,
): Promise<Outlook> {
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
        ...(await rowsLost('drop-table', 'DROP TABLE', table, context)),
        ...tied(table.facts, names, context),
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
  if (gone.length > 0 && !conditional) return missing(gone);
  const labels = names.map(tableLabel).filter((label) => !gone.includes(label));
  return { reasons: [{ id: 'plain', text: `Drops ${labels.join(', ')}.` }], checks, ...rows };
}

/** MariaDB and MySQL 5.7 drop the others before they say so, and MySQL 8 drops none. */
function missing(gone: readonly string[]): Outlook {
  const reasons = [{ id: 'no-such-table', text: `There is no ${gone.join(', no ')}.` }];
  const next = 'Write DROP TABLE IF EXISTS, which drops those that are there.';
  return { reasons, settled: { strategy: 'refuse', refusal: { exitCode: exitCodes.usage, next } } };
}

/** TRUNCATE deletes every row, and cannot be rolled back. */
export async function truncateTable(name: TableName, context: PlanningContext): Promise<Outlook> {
  const table = await tableAhead(name, context);
  const known = table?.state === 'known' ? table : undefined;
  await markRewritten(name, context);
  return {
    reasons: [{ id: 'plain', text: `Deletes every row of ${tableLabel(name)}.` }],
    checks: known === undefined ? [] : await rowsLost('truncate-table', 'TRUNCATE', known, context),
    ...(known && rowsOf(known.facts)),
  };
}

/** A danger, unless the table is known to be empty. */
export async function rowsLost(
  id: string,
  what: string,
  { facts: { name, rows }, rows: askable }: KnownAhead,
  { session }: PlanningContext,
): Promise<Check[]> {
  // An estimate of 0 is no proof, and a count is not always cheap: one row is. By this name there may be none now.
  const isEmpty =
    rows?.exact === true
      ? rows.count === 0
      : askable === 'there' && (await session.rows(`SELECT 1 FROM ${quoteTable(name)} LIMIT 1`)).length === 0;
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

function tied(
  { name, foreignKeys, views = [] }: TableFacts,
  dropped: readonly TableName[],
  context: PlanningContext,
): Check[] {
  const atOnce = dropsParentWithChild(context.server) ? [name, ...dropped] : [name];
  const children = foreignKeys.incoming.filter(
    ({ child }) =>
      !atOnce.some((each) => tableLabel(each) === tableLabel(child)) && pointsAt(child, name, context),
  );
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
