import type { Check } from '../../documents/plan.js';
import { exitCodes } from '../../exit-code.js';
import { quoteName, type TableName, tableLabel } from '../../sql/names.js';
import { withParts } from '../../table/definition.js';
import { renamedTo } from '../../table/forms.js';
import type { TableAhead } from '../ahead.js';
import { renameInChildren } from '../children.js';
import type { PlanningContext } from '../context.js';
import { type Outlook, tableAhead } from './outlook.js';

type KnownAhead = Extract<TableAhead, { state: 'known' }>;

/** RENAME TABLE: all of its pairs at once, as the server does it. */
export async function renameTable(
  pairs: readonly { from: TableName; to: TableName }[],
  context: PlanningContext,
): Promise<Outlook> {
  const checks: Check[] = [];
  const reasons: { id: string; text: string }[] = [];
  let done = 0;
  for (const { from, to } of pairs) {
    const [source, target] = [await tableAhead(from, context), await tableAhead(to, context)];
    const [was, is] = [tableLabel(from), tableLabel(to)];
    if (source === undefined && target !== undefined) {
      done += 1;
      reasons.push({ id: 'in-place', text: `Already in place: there is no ${was}, and ${is} is there.` });
      continue;
    }
    if (source === undefined || target !== undefined) {
      return cannot(source === undefined ? `There is no ${was}.` : `${is} is there already.`);
    }
    reasons.push({ id: 'plain', text: `Renames ${was} to ${is}.` });
    checks.push(...mentions(was, source.state === 'known' ? (source.facts.views ?? []) : []));
    if (source.state === 'known') {
      await renameInChildren(source.facts, to, context);
    }
    const now = (await tableAhead(from, context)) ?? source;
    context.ahead.set(from, { state: 'gone' });
    context.ahead.set(to, now.state === 'known' ? underName(now, to) : now);
  }
  if (done > 0 && done < pairs.length) {
    return cannot(
      `Some of its renames are in place and others are not, and the server makes all of them or none.`,
    );
  }
  return done === pairs.length ? { reasons, settled: { strategy: 'nothing' } } : { reasons, checks };
}

function cannot(text: string): Outlook {
  const refusal = { exitCode: exitCodes.usage, next: 'Compare the statement with SHOW TABLES.' };
  return { reasons: [{ id: 'cannot-rename', text }], settled: { strategy: 'refuse', refusal } };
}

/** The server gives new names to foreign keys that it has named after the table. */
function underName(table: KnownAhead, to: TableName): KnownAhead {
  const { name, definition } = table.facts;
  const withNewNames = withParts(definition, (part) =>
    part.what === 'foreign-key' && part.name.startsWith(`${name.name}_ibfk_`)
      ? `CONSTRAINT ${quoteName(to.name + part.name.slice(name.name.length))} ${part.body}`
      : part.sql,
  );
  const renamed = renamedTo(withNewNames, to.name);
  return {
    ...table,
    facts: { ...table.facts, name: to, definition: renamed },
    rows: table.rows === 'none' ? 'none' : 'rewritten',
  };
}

function mentions(label: string, views: readonly TableName[]): Check[] {
  if (views.length === 0) return [];
  return [
    {
      id: 'table-mentioned',
      level: 'danger',
      text: `Views over ${label} would fail from then on: ${views.map(tableLabel).join(', ')}.`,
      fix: 'Change or drop them first; create them again afterwards.',
    },
  ];
}
