import { findRows, type Question } from '../rows/question.js';
import { keyword, nameOf } from '../sql/cursor.js';
import { lex } from '../sql/lexer.js';
import { quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { linesOf, partOf } from '../table/definition.js';
import { grouped, listed } from '../table/parentheses.js';
import { counted } from '../text/human.js';
import type { ChangeFacts } from './check-facts.js';
import { onRows } from './on-rows.js';

/** Rows that a new foreign key would refuse: without a NULL in it (MATCH SIMPLE) and without a parent. */
export function orphans(facts: ChangeFacts): Question[] {
  const before = new Set(linksOf(facts.probe.before.definition).map(identity));
  return linksOf(facts.probe.after.definition)
    .filter((link) => !before.has(identity(link)))
    .flatMap((link) => question(link, facts));
}

interface Link {
  name: string;
  columns: readonly string[];
  parent: string;
  parentColumns: readonly string[];
}

const identity = ({ name: _, ...link }: Link) => JSON.stringify(link);

/** `CONSTRAINT n FOREIGN KEY (a) REFERENCES p (x) ON DELETE CASCADE`, as SHOW CREATE TABLE writes it. */
function linksOf(definition: string): Link[] {
  return linesOf(definition).flatMap((line) => {
    const part = partOf(line);
    if (part?.what !== 'constraint' || !part.body.startsWith('CONSTRAINT  FOREIGN KEY ')) return [];
    const columns = grouped(part.body);
    const parent = columns && grouped(columns.rest);
    if (columns === undefined || parent === undefined) return [];
    const names = lex(columns.rest).filter((token) => token.kind === 'quoted-name');
    const open = lex(columns.rest).find(({ text }) => text === '(');
    // The last name in front of the list: a schema may stand before it.
    const name = names.filter(({ end }) => open !== undefined && end <= open.start).at(-1);
    if (name === undefined || keyword(lex(columns.rest)[0]) !== 'REFERENCES') return [];
    return [
      {
        name: part.name,
        columns: namesIn(columns.inside),
        parent: nameOf(name) ?? '',
        parentColumns: namesIn(parent.inside),
      },
    ];
  });
}

function namesIn(list: string): string[] {
  return listed(list)
    .flatMap((item) => lex(item).slice(0, 1))
    .map((token) => nameOf(token) ?? '');
}

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
    (reference) => reference.table.toLowerCase() === parent.toLowerCase(),
  );
  return { schema: said?.schema ?? table.name.schema, name: said?.table ?? parent };
}
