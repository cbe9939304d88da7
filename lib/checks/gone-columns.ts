import type { Session } from '../mysql/session.js';
import { escapeLike, escapeRegExp } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import { type ChangeFacts, columnPairs, lookUp } from './shared/facts.js';
import type { Hazards } from './shared/hazard.js';

/** What becomes of columns that are dropped or renamed, and of what names them. */
export const goneColumnHazards: Hazards = {
  /**
   * Triggers and views that name a column which is dropped or renamed. The ALTER succeeds; the next INSERT (1054) or
   * SELECT (1356) fails. Generated columns, CHECKs, defaults, functional indexes, partitions and foreign keys of other tables
   * need no check: the server renames the column in them, or refuses the change (measured on MySQL 5.7, 9.7 and MariaDB 10.11).
   */
  'column-mentioned': {
    level: 'danger',
    inChange(facts) {
      const { triggers, views = [] } = facts.table;
      const gone = goneNames(facts);
      const users = [
        ...triggers.map(({ name, statement }) => ({ label: `trigger ${name}`, text: statement })),
        ...views.map(({ name, definition }) => ({ label: `view ${name}`, text: definition })),
      ]
        .filter(({ text }) => mentions(text, gone))
        .map(({ label }) => label);
      return {
        text: `There would be no column ${gone.join(', ')} any more, and ${users.join(', ')} would fail.`,
        count: users.length,
        samples: users.slice(0, 5),
        fix: 'Change or drop them first; create them again afterwards.',
      };
    },
  },
  /**
   * CHECKs that go with a column and that the statement does not name. Both servers silently drop a CHECK of that one column
   * (manual, "ALTER TABLE Statement"); if it has others, they refuse.
   */
  'check-lost': {
    level: 'warning',
    inChange({ statement, probe }) {
      if (probe.difference.columns.dropped.length === 0) return undefined;
      const [was, left] = [probe.before, probe.after].map(({ definition }) =>
        partsOf(definition, 'check').map(({ name }) => name),
      );
      const isNamed = (name: string) => statement.clauses.some(({ text }) => text.includes(name));
      const lost = was?.filter((name) => !left?.includes(name) && !isNamed(name)) ?? [];
      return {
        text: `The server drops the rule on the column together with it: CHECK ${lost.join(', ')}.`,
        count: lost.length,
        fix: 'Make sure that nothing relies on it.',
      };
    },
  },
  /** MySQL takes a dropped column out of the indexes that have others as well (manual, "ALTER TABLE Statement"). */
  'index-shrunk': {
    level: 'warning',
    inChange: ({ statement, probe }) =>
      probe.difference.indexes.changed
        .filter(
          ({ before, after }) =>
            probe.difference.columns.dropped.length > 0 &&
            after.parts.length < before.parts.length &&
            !statement.clauses.some(({ text }) => text.includes(before.name)),
        )
        .map(({ before: { name }, after }) => {
          const left = after.parts.map(({ column }) => column ?? 'an expression').join(', ');
          const rule = after.unique ? `, and ${left} alone would have to be unique` : '';
          return {
            text: `The index ${name} would be left with ${left} only${rule}.`,
            fix: `Drop ${name} in the same statement, or add the index that you want.`,
          };
        }),
  },
  /** Columns that are dropped with their values, which no ADD COLUMN brings back. Generated values are no loss. */
  'column-dropped': {
    level: 'warning',
    inChange(facts) {
      const kept = new Set(columnPairs(facts).map(({ before }) => before.name));
      const gone = facts.probe.difference.columns.dropped.filter(
        ({ name, generated }) => !kept.has(name) && !generated,
      );
      return {
        text: `${gone.map(({ name }) => name).join(', ')} would be dropped with all values: after gh-ost the old table keeps them for a while, after a direct ALTER nothing does.`,
        count: gone.length,
        fix: 'Make sure that no version of the application reads it, and that there is a backup.',
      };
    },
  },
  /**
   * Procedures, functions, events and other tables' triggers whose text names both the table and a column that is dropped
   * or renamed. Only a warning: the words alone do not prove that they mean this column.
   */
  'routine-mentions-column': {
    level: 'warning',
    async onServer(facts, session) {
      const gone = goneNames(facts);
      if (gone.length === 0) return undefined;
      const users = (await readCode(facts, session))
        .filter(({ text }) => mentions(text, [facts.table.name.name]) && mentions(text, gone))
        .map(({ what, name }) => `${what.toLowerCase()} ${name}`);
      return {
        text: `${users.slice(0, 5).join(', ')}${users.length > 5 ? ' and others' : ''} name the table and ${gone.join(' or ')}, which would no longer exist.`,
        count: users.length,
        samples: users.slice(0, 5),
        fix: 'Check whether they mean this column, and change them together with it.',
      };
    },
  },
};

/** The names that queries and code may still use after the change, and fail. */
function goneNames({ probe }: ChangeFacts): string[] {
  return probe.difference.columns.dropped.map(({ name }) => name);
}

/** Whether a text has one of the names as a word of its own: `data` does not name `a`. */
function mentions(text: string, names: readonly string[]): boolean {
  return names.some((name) =>
    new RegExp(`(?<![\\p{L}\\p{N}_$])${escapeRegExp(name)}(?![\\p{L}\\p{N}_$])`, 'iu').test(text),
  );
}

/** What the account cannot read, or takes too long, is left out. */
async function readCode(facts: ChangeFacts, session: Session) {
  const { schema, name } = facts.table.name;
  const look = async (kind: string, prefix: string, body: string, table: string, where = '') =>
    (await lookUp<{ what: string; name: string; text: string }>(
      session,
      facts,
      `${kind} AS what, ${prefix}_NAME AS name, ${body} AS text FROM information_schema.${table}
        WHERE ${prefix}_SCHEMA=? AND ${body} LIKE ? ${where} LIMIT 100`,
      [schema, `%${escapeLike(name)}%`, ...(where === '' ? [] : [name])],
    )) ?? [];
  return [
    ...(await look('ROUTINE_TYPE', 'ROUTINE', 'ROUTINE_DEFINITION', 'ROUTINES')),
    ...(await look("'event'", 'EVENT', 'EVENT_DEFINITION', 'EVENTS')),
    ...(await look("'trigger'", 'TRIGGER', 'ACTION_STATEMENT', 'TRIGGERS', 'AND EVENT_OBJECT_TABLE<>?')),
  ];
}
