import { findRows, type Question } from '../rows/question.js';
import { keyword } from '../sql/cursor.js';
import { lex } from '../sql/lexer.js';
import { partitionManagement } from '../sql/partition-clause.js';
import { grouped, listed } from '../table/parentheses.js';
import { counted } from '../text/human.js';
import type { ChangeFacts } from './check-facts.js';
import { onRows } from './on-rows.js';

/**
 * Rows for which a new partitioning by RANGE or LIST has no partition. PARTITION BY refuses them (1526). REORGANIZE
 * PARTITION deletes them without a word, whatever the sql_mode (measured on MySQL 5.7 to 9.7 and MariaDB). By HASH and
 * KEY every row has a partition. ADD PARTITION takes none away; DROP PARTITION deletes rows, which is another matter.
 */
export function noPartition(facts: ChangeFacts): Question[] {
  const managed = partitionManagement(facts.statement.clauses);
  if (managed === 'add' || managed === 'drop') return [];
  const scheme = partitioningOf(facts.probe.after.definition);
  if (scheme === undefined || scheme.text === partitioningOf(facts.probe.before.definition)?.text) return [];
  const id = 'no-partition';
  const fate = managed === 'copying' ? ', and would be deleted without a word' : '';
  const about = `whether every row has a partition by ${scheme.method} (${scheme.expression})`;
  const by = listed(scheme.expression).map((part) => onRows(part, facts, { bareNames: true }));
  const unknown = by.find((part) => 'why' in part);
  if (unknown !== undefined && 'why' in unknown) {
    return [{ kind: 'unknown', finding: { id, about }, why: unknown.why }];
  }
  const offends = offendersOf(
    scheme,
    by.flatMap((part) => ('sql' in part ? [part.sql] : [])),
  );
  if (offends === undefined) return [];
  return [
    {
      kind: 'rows',
      offends,
      finding: {
        id,
        level: 'danger',
        final: true,
        text: (count) =>
          `${counted(count, 'row')} ${count === 1 ? 'has' : 'have'} no partition by ${scheme.method} (${scheme.expression})${fate}.`,
        fix:
          `Add a partition for them (${scheme.method === 'RANGE' ? 'VALUES LESS THAN MAXVALUE' : 'with their values'}), or delete them first. ` +
          `Find them: ${findRows(facts.table.name, offends)}`,
        about,
      },
    },
  ];
}

/** Undefined: every row has one. */
function offendersOf({ method, values, hasRest }: Partitioning, by: readonly string[]): string | undefined {
  if (hasRest || values.length === 0) return undefined;
  return method === 'RANGE' ? above(by, values.at(-1) ?? '') : `NOT (${among(by, values)})`;
}

/**
 * The last bound and everything above it, part by part. NULL is below all values, and so has a partition (manual, "How
 * MySQL Partitioning Handles NULL"); a comparison with it is not true.
 */
function above(by: readonly string[], bound: string): string | undefined {
  const bounds = listed(bound);
  const nested = (at: number): string | undefined => {
    const [part, value] = [by[at], bounds[at]];
    if (part === undefined || value === undefined || value.toUpperCase() === 'MAXVALUE') return undefined;
    if (at === by.length - 1) return `${part} >= ${value}`;
    const equal = nested(at + 1);
    return `(${part} > ${value}${equal === undefined ? '' : ` OR (${part} = ${value} AND ${equal})`})`;
  };
  return nested(0);
}

/** NULL has a partition only where it is listed. */
function among(by: readonly string[], lists: readonly string[]): string {
  const items = lists.flatMap(listed);
  return items
    .map((item) => {
      const values = by.length === 1 ? [item] : listed(item.replace(/^\(|\)$/g, ''));
      return by.map((part, at) => `${part} <=> ${values[at] ?? 'NULL'}`).join(' AND ');
    })
    .map((same) => `(${same})`)
    .join(' OR ');
}

/** How RANGE or LIST deals out the rows. */
interface Partitioning {
  /** As SHOW CREATE TABLE says it. */
  text: string;
  method: 'RANGE' | 'LIST';
  /** Between the parentheses behind the method: an expression, or of COLUMNS the columns. */
  expression: string;
  /** What stands in the parentheses of each VALUES, in their order. */
  values: readonly string[];
  /** MAXVALUE or DEFAULT: there is a partition for all the rest. */
  hasRest: boolean;
}

/** Undefined of a table without partitions, and by any other method, where every row has its place. */
function partitioningOf(definition: string): Partitioning | undefined {
  // A string of a default cannot stand at the beginning of a line: SHOW CREATE TABLE writes its line ends as \n.
  const start = /^(?:\/\*!\d+| ) ?PARTITION BY /m.exec(definition);
  if (start === null) return undefined;
  const text = definition
    .slice(start.index)
    .replace(/^\/\*!\d+|\*\/\s*$/g, '')
    .trim();
  const method = keyword(lex(text)[2]);
  const by = grouped(text);
  if ((method !== 'RANGE' && method !== 'LIST') || by === undefined) return undefined;
  const values: string[] = [];
  let hasRest = false;
  const tokens = lex(by.rest);
  for (const [at, token] of tokens.entries()) {
    if (keyword(token) === 'DEFAULT') hasRest = true;
    if (keyword(token) !== 'VALUES') continue;
    const [first, second] = [tokens[at + 1], tokens[at + 2]].map(keyword);
    const bound = tokens[first === 'LESS' ? at + 3 : at + 2];
    if (keyword(bound) === 'MAXVALUE') hasRest = true;
    else if (bound?.text === '(' && (second === 'THAN' || first === 'IN')) {
      values.push(grouped(by.rest.slice(bound.start))?.inside ?? '');
    }
  }
  return { text, method, expression: by.inside, values, hasRest };
}
