import type { Check } from '../documents/plan.js';
import { isSameName, named, quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import { historyOf } from '../table/history.js';
import type { Hazards } from './shared/hazard.js';

export const valuesLostHazards: Hazards = {
  /**
   * A column keeps its name and loses its values: DROP b + ADD b, in one statement or over several, or a conversion that
   * makes all values equal. It may be accepted: no rows are lost, and the server does what the statement says.
   */
  'values-lost': {
    level: 'danger',
    inChange({ probe: { tracer, after }, emptied = [], table }) {
      const lost = tracer.kind === 'known' ? tracer.lost : [];
      const earlier = emptied.filter((name) => !lost.some((each) => isSameName(each, name)));
      return [
        {
          text: `Every value of ${lost.join(', ')} would be lost: the column would exist, but be empty or the same in every row.`,
          count: lost.length,
          fix: 'Use MODIFY or CHANGE to keep the values.',
        },
        {
          text: `Every value of ${earlier.join(', ')} would be lost: together with the statements before it, this one replaces the column with a new one of the same name.`,
          count: earlier.length,
          fix: keeping(table.name, after.definition, earlier),
        },
      ];
    },
  },
  /** MariaDB deletes it with the versioning, whatever system_versioning_alter_history says (measured on 10.11 and 11.4). */
  'history-lost': {
    level: 'danger',
    inChange({ probe }) {
      if (historyOf(probe.before.definition) === undefined || historyOf(probe.after.definition) !== undefined)
        return undefined;
      return {
        text: 'The history of the rows would be deleted: after the change the table is not system-versioned any more.',
        fix: 'Copy it first: CREATE TABLE … SELECT * FROM … FOR SYSTEM_TIME ALL.',
      };
    },
  },
  'history-altered': {
    level: 'warning',
    inChange({ probe }) {
      if ([probe.before, probe.after].some(({ definition }) => historyOf(definition) === undefined))
        return undefined;
      return {
        text: 'The history of the rows is altered with them, as if it had always had the new definition (system_versioning_alter_history=KEEP).',
        fix: 'If it must stay as it is, keep a copy of it.',
      };
    },
  },
};

function keeping(table: TableName, definition: string, names: readonly string[]): string {
  const modified = partsOf(definition, 'column')
    .filter(({ name }) => names.some((each) => isSameName(each, name)))
    .map(({ sql }) => `MODIFY ${sql}`);
  return `To keep them, write one statement instead of these: ALTER TABLE ${quoteTable(table)} ${modified.join(', ')}.`;
}

/**
 * A table that an earlier statement drops, and another creates again under its name.
 * @param was its definition
 * @param is the new one; absent: unknown
 */
export function tableEmptied(table: TableName, was: string, is?: string): Check {
  const clauses = is === undefined ? [] : columnClauses(was, is);
  const alter = `ALTER TABLE ${quoteTable(table)} ${clauses.join(', ')}`;
  return {
    id: 'values-lost',
    level: 'danger',
    text: `Every row of ${tableLabel(table)} would be lost: an earlier statement drops the table, and this one creates it again, empty.`,
    fix: `To keep the rows, change the table instead${clauses.length === 0 ? '' : `; its columns by ${alter}`}.`,
  };
}

/** What makes the columns of one definition those of the other. */
function columnClauses(was: string, is: string): string[] {
  const [before, after] = [partsOf(was, 'column'), partsOf(is, 'column')];
  const gone = before.filter(({ name }) => !named(after, name));
  return [
    ...gone.map(({ name }) => `DROP COLUMN ${quoteName(name)}`),
    ...after.flatMap(({ name, sql }) => {
      const old = named(before, name);
      if (old === undefined) return [`ADD COLUMN ${sql}`];
      return old.sql === sql ? [] : [`MODIFY ${sql}`];
    }),
  ];
}
