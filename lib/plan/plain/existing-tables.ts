import type { Check } from '../../documents/plan.js';
import { exitCodes } from '../../exit-code.js';
import { dropsParentWithChild } from '../../inspect/capabilities.js';
import type { TableFacts } from '../../inspect/table.js';
import { type TableName, tableLabel } from '../../sql/names.js';
import { counted } from '../../text/human.js';
import { isKnownEmpty, type KnownAhead } from '../ahead.js';
import type { PlanningContext } from '../context.js';
import { reasons } from '../reasons.js';
import { nothingToDo, type Outlook, refused } from './outlook.js';

/** DROP TABLE: of a table with rows it is a danger. One that is not there is nothing to do. */
export async function dropTable(
  conditional: boolean,
  names: readonly TableName[],
  context: PlanningContext,
): Promise<Outlook> {
  const checks: Check[] = [];
  let rows: Outlook['rows'];
  const gone: string[] = [];
  for (const name of names) {
    const table = await context.ahead.at(name);
    context.ahead.set(name, { state: 'gone', ...(table?.state === 'known' && { dropped: table }) });
    if (table === undefined) gone.push(tableLabel(name));
    if (table?.state !== 'known') continue;
    rows = table.facts.rows;
    checks.push(
      ...(await rowsLost('drop-table', 'DROP TABLE', table, context)),
      ...(await parentOf(table.facts, names, context)),
      ...mentioned(table.facts),
    );
  }
  if (gone.length === names.length) {
    return nothingToDo(gone.map((label) => reasons.inPlace(`there is no ${label}`)));
  }
  if (gone.length > 0 && !conditional) {
    // MariaDB and MySQL 5.7 drop the others before they say so, and MySQL 8 drops none.
    const next = 'Write DROP TABLE IF EXISTS, which drops those that are there.';
    return refused(reasons.noSuchTable(gone), exitCodes.usage, next);
  }
  const labels = names.map(tableLabel).filter((label) => !gone.includes(label));
  return { reasons: [reasons.plain(`Drops ${labels.join(', ')}.`)], checks, rows };
}

/** TRUNCATE deletes every row, and cannot be rolled back. */
export async function truncateTable(name: TableName, context: PlanningContext): Promise<Outlook> {
  const table = await context.ahead.at(name);
  const known = table?.state === 'known' ? table : undefined;
  await context.ahead.markWritten(
    name,
    `statement ${context.number} deletes every row of ${tableLabel(name)}`,
  );
  return {
    reasons: [reasons.plain(`Deletes every row of ${tableLabel(name)}.`)],
    checks: known ? await rowsLost('truncate-table', 'TRUNCATE', known, context) : [],
    rows: known?.facts.rows,
  };
}

/** RENAME TABLE: all of its pairs at once, as the server does it. */
export async function renameTable(
  pairs: readonly { from: TableName; to: TableName }[],
  { ahead }: PlanningContext,
): Promise<Outlook> {
  const checks: Check[] = [];
  const renamed: string[] = [];
  const inPlace: string[] = [];
  for (const { from, to } of pairs) {
    const [source, target] = [await ahead.at(from), await ahead.at(to)];
    const [was, is] = [tableLabel(from), tableLabel(to)];
    if (source === undefined && target === undefined) return cannotRename(`There is no ${was}.`);
    if (source !== undefined && target !== undefined) return cannotRename(`${is} is there already.`);
    if (source === undefined) {
      inPlace.push(`there is no ${was}, and ${is} is there`);
      continue;
    }
    renamed.push(`Renames ${was} to ${is}.`);
    if (source.state === 'known') checks.push(...mentioned(source.facts));
    await ahead.rename(from, to);
  }
  if (renamed.length === 0) return nothingToDo(inPlace.map(reasons.inPlace));
  if (inPlace.length === 0) return { reasons: renamed.map(reasons.plain), checks };
  return cannotRename(
    'Some of its renames are in place and others are not, and the server makes all of them or none.',
  );
}

function cannotRename(text: string): Outlook {
  return refused({ id: 'cannot-rename', text }, exitCodes.usage, 'Compare the statement with SHOW TABLES.');
}

/** A danger, unless the table is known to be empty. */
export async function rowsLost(
  id: string,
  what: string,
  table: KnownAhead,
  { session }: PlanningContext,
): Promise<Check[]> {
  const { name, rows } = table.facts;
  if (await isKnownEmpty(table, session)) return [];
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

/** @param dropped by the same statement */
async function parentOf(
  facts: TableFacts,
  dropped: readonly TableName[],
  { ahead, server }: PlanningContext,
): Promise<Check[]> {
  const atOnce = dropsParentWithChild(server) ? dropped.map(tableLabel) : [];
  const children = (await ahead.childrenOf(facts)).filter(({ name }) => !atOnce.includes(tableLabel(name)));
  if (children.length === 0) return [];
  const list = children.map(({ name, keys }) => [tableLabel(name), ...keys.map((key) => `(${key.name})`)]);
  return [
    {
      id: 'drop-table-parent',
      level: 'danger',
      final: true,
      text: `Foreign keys point at ${tableLabel(facts.name)}, and the server will not drop it: ${list.map((words) => words.join(' ')).join(', ')}.`,
      fix: 'Drop these foreign keys first.',
    },
  ];
}

/** Views fail when their table has no longer its name. */
function mentioned({ name, views = [] }: TableFacts): Check[] {
  if (views.length === 0) return [];
  return [
    {
      id: 'table-mentioned',
      level: 'danger',
      text: `Views over ${tableLabel(name)} would fail from then on: ${views.map(tableLabel).join(', ')}.`,
      fix: 'Drop or change them first; create them again afterwards if they are still needed.',
    },
  ];
}
