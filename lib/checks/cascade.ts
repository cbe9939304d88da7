import { logsCascades } from '../inspect/capabilities.js';
import type { Session } from '../mysql/session.js';
import { tableLabel } from '../sql/names.js';
import { type ChangeFacts, lookUp } from './shared/facts.js';
import { actingKeys } from './shared/foreign-key-actions.js';
import type { Hazard } from './shared/hazard.js';

/** Foreign keys that change rows of the table while it is rewritten, if the server does not log what they do. */
export const cascade: Hazard = {
  id: 'cascade',
  level: 'warning',
  async onServer(facts, session) {
    if (facts.probe.class === 'instant' || facts.probe.class === 'metadata') return undefined;
    const own = actingKeys(facts).before.map(({ text }) => text);
    const keys = [...own, ...(await actingKeysOfOthers(facts, session))];
    if (keys.length === 0 || (await logsCascades(session))) return undefined;
    return {
      text: `The binary log does not contain what ${keys.join(', ')} does to rows: a row copy that follows the log (gh-ost) would miss it; a direct ALTER does not.`,
      count: keys.length,
      fix: 'Make the change with a direct ALTER at a quiet hour, or drop the foreign key while it runs.',
    };
  },
};

/** What cannot be looked up is left out. At most twenty: each is a query. */
async function actingKeysOfOthers({ table, server }: ChangeFacts, session: Session): Promise<string[]> {
  const found: string[] = [];
  for (const { child, name } of table.foreignKeys.incoming.slice(0, 20)) {
    if (tableLabel(child) === tableLabel(table.name)) continue;
    const [rule] =
      (await lookUp<{ onDelete: string; onUpdate: string }>(
        session,
        server,
        `DELETE_RULE AS onDelete, UPDATE_RULE AS onUpdate FROM information_schema.REFERENTIAL_CONSTRAINTS
          WHERE CONSTRAINT_SCHEMA=? AND TABLE_NAME=? AND CONSTRAINT_NAME=?`,
        [child.schema, child.name, name],
      )) ?? [];
    const actions = [...action('DELETE', rule?.onDelete), ...action('UPDATE', rule?.onUpdate)];
    if (actions.length > 0) found.push(`${name} of ${tableLabel(child)} (${actions.join(' ')})`);
  }
  return found;
}

function action(event: string, rule = ''): string[] {
  return ['CASCADE', 'SET NULL', 'SET DEFAULT'].includes(rule) ? [`ON ${event} ${rule}`] : [];
}
