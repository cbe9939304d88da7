import { logsCascades } from '../inspect/capabilities.js';
import type { Session } from '../mysql/session.js';
import { isSameName, quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import type { ForeignKey } from '../table/parts.js';
import { onRows } from './shared/expressions.js';
import { type ChangeFacts, lookUp, rowsThat } from './shared/facts.js';
import type { Hazards, RowsAsked } from './shared/hazard.js';

export const foreignKeyHazards: Hazards = {
  /** Foreign keys that change rows of the table while it is rewritten, if the server does not log what they do. */
  cascade: {
    level: 'warning',
    async onServer(facts, session) {
      if (facts.probe.class === 'instant' || facts.probe.class === 'metadata') return undefined;
      const own = actingKeys(facts.probe.before.definition).map(({ text }) => text);
      const keys = [...own, ...(await actingKeysOfOthers(facts, session))];
      if (keys.length === 0 || (await logsCascades(session))) return undefined;
      return {
        text: `The binary log does not contain what ${keys.join(', ')} does to rows: a row copy that follows the log (gh-ost) would miss it; a direct ALTER does not.`,
        count: keys.length,
        fix: 'Make the change with a direct ALTER at a quiet hour, or drop the foreign key while it runs.',
      };
    },
  },
  /** A new foreign key that changes or deletes rows by itself. */
  'cascade-added': {
    level: 'warning',
    async onServer({ probe }, session) {
      const before = actingKeys(probe.before.definition).map(({ name }) => name);
      const added = actingKeys(probe.after.definition).filter(({ name }) => !before.includes(name));
      if (added.length === 0) return undefined;
      const unlogged = (await logsCascades(session)) ? '' : ' and is not in the binary log';
      return added.map(({ text }) => ({
        text: `${text} will change or delete rows by itself, many at once, which fires no trigger${unlogged}; and gh-ost takes no table with foreign keys.`,
        fix: 'If the application should decide, leave the action out (RESTRICT).',
      }));
    },
  },
  /** Rows that a new foreign key would refuse: without a NULL in it (MATCH SIMPLE) and without a parent. */
  orphans: {
    level: 'danger',
    final: true,
    inRows(facts) {
      const existing = partsOf(facts.probe.before.definition, 'foreign-key').map(identity);
      return partsOf(facts.probe.after.definition, 'foreign-key')
        .filter((key) => !existing.includes(identity(key)))
        .map((key) => orphansAsked(key, facts));
    },
  },
};

/** The table's own keys that change or delete rows: `up (ON DELETE CASCADE ON UPDATE SET NULL)` */
function actingKeys(definition: string): { name: string; text: string }[] {
  return partsOf(definition, 'foreign-key').flatMap(({ name, actions }) => {
    const acting = actions.match(/ON (?:DELETE|UPDATE) (?:CASCADE|SET NULL|SET DEFAULT)/g);
    return acting === null ? [] : [{ name, text: `${name} (${acting.join(' ')})` }];
  });
}

/** What cannot be looked up is left out. At most twenty: each is a query. */
async function actingKeysOfOthers(facts: ChangeFacts, session: Session): Promise<string[]> {
  const { table } = facts;
  const found: string[] = [];
  for (const { child, name } of table.foreignKeys.incoming.slice(0, 20)) {
    if (tableLabel(child) === tableLabel(table.name)) continue;
    const [rule] =
      (await lookUp<{ DELETE: string; UPDATE: string }>(
        session,
        facts,
        `DELETE_RULE AS \`DELETE\`, UPDATE_RULE AS \`UPDATE\` FROM information_schema.REFERENTIAL_CONSTRAINTS
          WHERE CONSTRAINT_SCHEMA=? AND TABLE_NAME=? AND CONSTRAINT_NAME=?`,
        [child.schema, child.name, name],
      )) ?? [];
    const actions = Object.entries(rule ?? {})
      .filter(([, action]) => ['CASCADE', 'SET NULL', 'SET DEFAULT'].includes(action))
      .map(([event, action]) => `ON ${event} ${action}`);
    if (actions.length > 0) found.push(`${name} of ${tableLabel(child)} (${actions.join(' ')})`);
  }
  return found;
}

/** What a foreign key means, whatever its name and its actions. */
function identity({ columns, parent, parentColumns }: ForeignKey): string {
  return JSON.stringify([columns, parent.name, parentColumns]);
}

function orphansAsked(key: ForeignKey, facts: ChangeFacts): RowsAsked {
  const parent = parentOf(key, facts);
  const label = `${key.columns.join(', ')} in ${tableLabel(parent)}`;
  const about = `whether every row has a parent by ${label} (foreign key ${key.name})`;
  const ours = onRows(key.columns.map(quoteName), facts);
  if ('why' in ours) return { about, why: ours.why };
  const joined = ours.sql.map((sql, at) => `\`p\`.${quoteName(key.parentColumns[at] ?? '')} = ${sql}`);
  const offends = [
    ...ours.sql.map((sql) => `${sql} IS NOT NULL`),
    `NOT EXISTS (SELECT 1 FROM ${quoteTable(parent)} AS \`p\` WHERE ${joined.join(' AND ')})`,
  ].join(' AND ');
  return {
    offends,
    text: (count) =>
      `${rowsThat(count, 'has', 'have')} no parent by ${label}, which the foreign key ${key.name} requires.`,
    fix: 'Add the parents, set the columns to NULL, or delete the rows first.',
    about,
    reads: { table: parent, columns: key.parentColumns },
  };
}

/** Clones of parents are in the schema of the clone, so the statement has to say where the real one is. */
function parentOf({ parent }: ForeignKey, { statement, table }: ChangeFacts): TableName {
  const reference = statement.references.find((each) => isSameName(each.table, parent.name));
  return { schema: reference?.schema ?? table.name.schema, name: reference?.table ?? parent.name };
}
