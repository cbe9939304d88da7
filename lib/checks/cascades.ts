import type { Check } from '../documents/plan.js';
import { logsCascades } from '../inspect/capabilities.js';
import type { ForeignKey } from '../inspect/foreign-keys.js';
import type { Session } from '../mysql/session.js';
import { tableLabel } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import { type ChangeFacts, look } from './check-facts.js';

/**
 * A new foreign key that changes or deletes rows by itself; and those through the table, where it is written anew and
 * the server does not log what they do.
 */
export async function cascades(facts: ChangeFacts, session: Session): Promise<Check[]> {
  const { probe } = facts;
  const [was, is] = [actionsOf(probe.before.definition), actionsOf(probe.after.definition)];
  const added = is.filter(({ name }) => !was.some((other) => other.name === name));
  const isCheap = probe.class === 'instant' || probe.class === 'metadata';
  const acting = isCheap ? [] : [...was.map(textOf), ...(await incomingOf(facts, session))];
  if (added.length + acting.length === 0) return [];
  const logged = await logsCascades(session);
  return [...fresh(added, logged), ...(logged ? [] : through(acting))];
}

function textOf({ name, actions }: Action): string {
  return `${name} (${actions})`;
}

interface Action {
  name: string;
  /** `ON DELETE CASCADE ON UPDATE SET NULL` */
  actions: string;
}

function actionsOf(definition: string): Action[] {
  return partsOf(definition, 'foreign-key').flatMap(({ name, actions }) => {
    const acting = [...actions.matchAll(/ON (?:DELETE|UPDATE) (?:CASCADE|SET NULL|SET DEFAULT)/g)].map(
      String,
    );
    return acting.length === 0 ? [] : [{ name, actions: acting.join(' ') }];
  });
}

/** Of keys of other tables; what cannot be looked up is left out. At most twenty: each is a statement. */
async function incomingOf({ table, server }: ChangeFacts, session: Session): Promise<string[]> {
  const found: string[] = [];
  for (const key of table.foreignKeys.incoming.slice(0, 20)) {
    if (tableLabel(key.child) === tableLabel(table.name)) continue;
    const [rule] =
      (await look<{ onDelete: string; onUpdate: string }>(session, server, rules, placeOf(key))) ?? [];
    const actions = [act('DELETE', rule?.onDelete), act('UPDATE', rule?.onUpdate)].filter(
      (text) => text !== '',
    );
    if (actions.length === 0) continue;
    found.push(`${key.name} of ${tableLabel(key.child)} (${actions.join(' ')})`);
  }
  return found;
}

const rules = `DELETE_RULE AS onDelete, UPDATE_RULE AS onUpdate FROM information_schema.REFERENTIAL_CONSTRAINTS
  WHERE CONSTRAINT_SCHEMA=? AND TABLE_NAME=? AND CONSTRAINT_NAME=?`;

function placeOf({ child, name }: ForeignKey): string[] {
  return [child.schema, child.name, name];
}

function act(event: string, rule = ''): string {
  return ['CASCADE', 'SET NULL', 'SET DEFAULT'].includes(rule) ? `ON ${event} ${rule}` : '';
}

function fresh(added: readonly Action[], logged: boolean): Check[] {
  const unseen = logged ? 'without a trigger' : 'without a trigger and without a trace in the binary log';
  return added.map(({ name, actions }) => ({
    id: 'cascade-added',
    level: 'warning',
    text: `${name} (${actions}) would change or delete rows by itself from now on, many at once, ${unseen}; and gh-ost takes no table with foreign keys.`,
    fix: 'Where the application should decide, leave the action out (RESTRICT).',
  }));
}

function through(keys: readonly string[]): Check[] {
  if (keys.length === 0) return [];
  return [
    {
      id: 'cascade',
      level: 'warning',
      text: `What ${keys.join(', ')} does to rows is not in the binary log, so that no copy that follows the log (gh-ost) can be right; a direct ALTER is.`,
      count: keys.length,
      fix: 'Make the change with a direct ALTER at a quiet hour, or drop the foreign key for the time of it.',
    },
  ];
}
