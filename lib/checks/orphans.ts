import { quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import type { ForeignKey } from '../table/parts.js';
import { onRows } from './shared/expressions.js';
import { type ChangeFacts, isSameName, rowsThat } from './shared/facts.js';
import type { Hazard, RowsAsked } from './shared/hazard.js';

/** Rows that a new foreign key would refuse: without a NULL in it (MATCH SIMPLE) and without a parent. */
export const orphans: Hazard = {
  id: 'orphans',
  level: 'danger',
  final: true,
  inRows(facts) {
    const existing = new Set(partsOf(facts.probe.before.definition, 'foreign-key').map(identity));
    return partsOf(facts.probe.after.definition, 'foreign-key')
      .filter((key) => !existing.has(identity(key)))
      .map((key) => orphansAsked(key, facts));
  },
};

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
      `${rowsThat(count, 'has', 'have')} no parent by ${label}: the foreign key ${key.name} would refuse ${count === 1 ? 'it' : 'them'}.`,
    fix: 'Add the parents, set the columns to NULL, or delete the rows first.',
    about,
  };
}

/** Clones of parents are in the schema of the clone, so the statement has to say where the real one is. */
function parentOf({ parent }: ForeignKey, { statement, table }: ChangeFacts): TableName {
  const reference = statement.references.find((each) => isSameName(each.table, parent.name));
  return { schema: reference?.schema ?? table.name.schema, name: reference?.table ?? parent.name };
}
