import { findRows, type Question } from '../rows/question.js';
import { quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import type { ForeignKey } from '../table/parts.js';
import { counted } from '../text/human.js';
import type { ChangeFacts } from './check-facts.js';
import { onRows } from './on-rows.js';

/** Rows that a new foreign key would refuse: without a NULL in it (MATCH SIMPLE) and without a parent. */
export function orphans(facts: ChangeFacts): Question[] {
  const before = new Set(partsOf(facts.probe.before.definition, 'foreign-key').map(identity));
  return partsOf(facts.probe.after.definition, 'foreign-key')
    .filter((link) => !before.has(identity(link)))
    .flatMap((link) => question(link, facts));
}

type Link = Pick<ForeignKey, 'name' | 'columns' | 'parent' | 'parentColumns'>;

/** What a foreign key means, whatever its name and its actions. */
const identity = ({ columns, parent, parentColumns }: Link) =>
  JSON.stringify([columns, parent.name, parentColumns]);

function question(link: Link, facts: ChangeFacts): Question[] {
  const parent = parentOf(link, facts);
  const columns = link.columns.map((name) => onRows(quoteName(name), facts));
  const label = `${link.columns.join(', ')} in ${tableLabel(parent)}`;
  const id = 'orphans';
  const about = `whether every row has a parent by ${label} (foreign key ${link.name})`;
  const unknown = columns.find((column) => 'why' in column);
  if (unknown !== undefined && 'why' in unknown) {
    return [{ kind: 'unknown', finding: { id, about }, why: unknown.why }];
  }
  const ours = columns.flatMap((column) => ('sql' in column ? [column.sql] : []));
  const joined = ours.map((sql, at) => `\`p\`.${quoteName(link.parentColumns[at] ?? '')} = ${sql}`);
  const offends = [
    ...ours.map((sql) => `${sql} IS NOT NULL`),
    `NOT EXISTS (SELECT 1 FROM ${quoteTable(parent)} AS \`p\` WHERE ${joined.join(' AND ')})`,
  ].join(' AND ');
  return [
    {
      kind: 'rows',
      offends,
      finding: {
        id,
        level: 'danger',
        final: true,
        text: (count) =>
          `${counted(count, 'row')} ${count === 1 ? 'has' : 'have'} no parent by ${label}: the foreign key ${link.name} would refuse ${count === 1 ? 'it' : 'them'}.`,
        fix: `Add the parents, or set the columns to NULL, or delete the rows first. Find them: ${findRows(facts.table.name, offends)}`,
        about,
      },
    },
  ];
}

/** Clones of parents stand in the schema of the clone, so that the statement has to say where the real one is. */
function parentOf({ parent }: Link, { statement, table }: ChangeFacts): TableName {
  const said = statement.references.find(
    (reference) => reference.table.toLowerCase() === parent.name.toLowerCase(),
  );
  return { schema: said?.schema ?? table.name.schema, name: said?.table ?? parent.name };
}
