import type { Check } from '../documents/plan.js';
import type { Session } from '../mysql/session.js';
import { escapeLike } from '../sql/names.js';
import { type ChangeFacts, look } from './check-facts.js';
import { namesColumn } from './mentioned.js';

/**
 * Procedures, functions, events and other tables' triggers of the schema whose text has both the table's name and
 * that of a column which goes or gets another name. A warning only: that the words stand there does not prove that
 * they mean this column.
 */
export async function routineMentions(facts: ChangeFacts, session: Session): Promise<Check[]> {
  const { table, probe } = facts;
  const gone = probe.difference.columnsDropped.map(({ name }) => name);
  if (gone.length === 0) return [];
  const found = await texts(facts, session);
  const who = found
    .filter(
      ({ text }) => namesColumn(text, table.name.name) && gone.some((column) => namesColumn(text, column)),
    )
    .map(({ what, name }) => `${what.toLowerCase()} ${name}`);
  if (who.length === 0) return [];
  return [
    {
      id: 'routine-mentions-column',
      level: 'warning',
      text: `${who.slice(0, 5).join(', ')}${who.length > 5 ? ' and others' : ''} name the table and ${gone.join(' or ')}, which would be gone under that name.`,
      count: who.length,
      samples: who.slice(0, 5),
      fix: 'Look whether they mean this column, and change them together with it.',
    },
  ];
}

interface Text {
  what: string;
  name: string;
  text: string;
}

/** What may not be looked at, or takes too long, is left out. */
async function texts({ server, table }: ChangeFacts, session: Session): Promise<Text[]> {
  const { schema, name } = table.name;
  const like = `%${escapeLike(name)}%`;
  const routines = await look<Text>(
    session,
    server,
    `ROUTINE_TYPE AS what, ROUTINE_NAME AS name, ROUTINE_DEFINITION AS text FROM information_schema.ROUTINES
      WHERE ROUTINE_SCHEMA=? AND ROUTINE_DEFINITION LIKE ? LIMIT 100`,
    [schema, like],
  );
  const events = await look<Text>(
    session,
    server,
    `'event' AS what, EVENT_NAME AS name, EVENT_DEFINITION AS text FROM information_schema.EVENTS
      WHERE EVENT_SCHEMA=? AND EVENT_DEFINITION LIKE ? LIMIT 100`,
    [schema, like],
  );
  const triggers = await look<Text>(
    session,
    server,
    `'trigger' AS what, TRIGGER_NAME AS name, ACTION_STATEMENT AS text FROM information_schema.TRIGGERS
      WHERE TRIGGER_SCHEMA=? AND EVENT_OBJECT_TABLE<>? AND ACTION_STATEMENT LIKE ? LIMIT 100`,
    [schema, name, like],
  );
  return [routines, events, triggers].flatMap((rows) => rows ?? []);
}
