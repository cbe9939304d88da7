import { exitCodes } from '../../fault.js';
import type { Check, TableName } from '../../plan/plan.js';
import { tableLabel } from '../../plan/table-label.js';
import { renamedTo } from '../../probe/definition.js';
import type { PlanningContext } from '../context.js';
import { type Outlook, tableAhead } from './outlook.js';

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
      const text = source === undefined ? `There is no ${was}.` : `${is} is there already.`;
      const next = 'Compare the statement with SHOW TABLES.';
      const refusal = { exitCode: exitCodes.usage, next };
      return { reasons: [{ id: 'cannot-rename', text }], settled: { strategy: 'refuse', refusal } };
    }
    reasons.push({ id: 'plain', text: `Renames ${was} to ${is}.` });
    checks.push(...mentions(was, source.state === 'known' ? (source.facts.views ?? []) : []));
    context.ahead.set(from, { state: 'gone' });
    context.ahead.set(
      to,
      source.state === 'known'
        ? {
            ...source,
            facts: { ...source.facts, name: to, definition: renamedTo(source.facts.definition, to.name) },
            rows: source.rows === 'none' ? 'none' : 'rewritten',
          }
        : source,
    );
  }
  return done === pairs.length ? { reasons, settled: { strategy: 'nothing' } } : { reasons, checks };
}

function mentions(label: string, views: readonly TableName[]): Check[] {
  if (views.length === 0) return [];
  return [
    {
      id: 'table-mentioned',
      level: 'danger',
      text: `Views over ${label} would fail from then on: ${views.map(tableLabel).join(', ')}.`,
      fix: 'Change or drop them first; create them anew afterwards.',
    },
  ];
}
