import type { Session } from '../mysql/session.js';
import { escapeLike } from '../sql/names.js';
import { type ChangeFacts, goneNames, lookUp, namesColumn } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/**
 * Procedures, functions, events and other tables' triggers whose text names both the table and a column that is dropped
 * or renamed. Only a warning: the words alone do not prove that they mean this column.
 */
export const routineMentionsColumn: Hazard = {
  id: 'routine-mentions-column',
  level: 'warning',
  async onServer(facts, session) {
    const gone = goneNames(facts);
    if (gone.length === 0) return undefined;
    const users = (await readCode(facts, session))
      .filter(({ text }) => namesColumn(text, facts.table.name.name))
      .filter(({ text }) => gone.some((column) => namesColumn(text, column)))
      .map(({ what, name }) => `${what.toLowerCase()} ${name}`);
    if (users.length === 0) return undefined;
    return {
      text: `${users.slice(0, 5).join(', ')}${users.length > 5 ? ' and others' : ''} name the table and ${gone.join(' or ')}, which would no longer exist.`,
      count: users.length,
      samples: users.slice(0, 5),
      fix: 'Check whether they mean this column, and change them together with it.',
    };
  },
};

interface Code {
  what: string;
  name: string;
  text: string;
}

/** What the account cannot read, or takes too long, is left out. */
async function readCode({ server, table }: ChangeFacts, session: Session): Promise<Code[]> {
  const { schema, name } = table.name;
  const like = `%${escapeLike(name)}%`;
  const found: Code[] = [];
  for (const [what, values] of [
    [
      `ROUTINE_TYPE AS what, ROUTINE_NAME AS name, ROUTINE_DEFINITION AS text FROM information_schema.ROUTINES
        WHERE ROUTINE_SCHEMA=? AND ROUTINE_DEFINITION LIKE ? LIMIT 100`,
      [schema, like],
    ],
    [
      `'event' AS what, EVENT_NAME AS name, EVENT_DEFINITION AS text FROM information_schema.EVENTS
        WHERE EVENT_SCHEMA=? AND EVENT_DEFINITION LIKE ? LIMIT 100`,
      [schema, like],
    ],
    [
      `'trigger' AS what, TRIGGER_NAME AS name, ACTION_STATEMENT AS text FROM information_schema.TRIGGERS
        WHERE TRIGGER_SCHEMA=? AND EVENT_OBJECT_TABLE<>? AND ACTION_STATEMENT LIKE ? LIMIT 100`,
      [schema, name, like],
    ],
  ] as const) {
    found.push(...((await lookUp<Code>(session, server, what, values)) ?? []));
  }
  return found;
}
