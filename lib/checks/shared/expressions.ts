import { rowColumn } from '../../rows/question.js';
import { lex } from '../../sql/lexer.js';
import { named } from '../../sql/names.js';
import { nameOf } from '../../sql/tokens.js';
import { partsOf } from '../../table/definition.js';
import type { Column } from '../../table/shape.js';
import { type ChangeFacts, columnPairs } from './facts.js';

/** Expressions over the present rows; or why the present rows cannot answer. */
export type OnRows = { sql: readonly string[] } | { why: string };

/**
 * Expressions of the new definition, over the columns of the table as it is now. A column that the change adds, or
 * gives another type or collation, has no value yet.
 * @param bareNames names may stand without quotes, as in the partitions of SHOW CREATE TABLE
 */
export function onRows(
  expressions: readonly string[],
  facts: ChangeFacts,
  { bareNames = false } = {},
): OnRows {
  const all = expressions.map((expression) => overRows(expression, facts, bareNames));
  return all.find((one) => 'why' in one) ?? { sql: all.flatMap((one) => ('sql' in one ? one.sql : [])) };
}

function overRows(expression: string, facts: ChangeFacts, bareNames: boolean): OnRows {
  const { after: shape } = facts.probe;
  const pairs = columnPairs(facts);
  const tokens = lex(expression);
  let sql = '';
  let from = 0;
  for (const [at, token] of tokens.entries()) {
    // A bare word may be a function, or part of the grammar.
    if (token.kind === 'word' && (!bareNames || tokens[at + 1]?.text === '(')) continue;
    const column = named(shape.columns, nameOf(token) ?? '');
    if (column === undefined) continue;
    const pair = pairs.find(({ after }) => after === column);
    if (pair === undefined) return { why: `it depends on the column ${column.name}, which the change adds` };
    if (isRetyped(pair.before, pair.after, facts)) {
      return { why: `it depends on the column ${column.name}, which the change converts` };
    }
    sql += expression.slice(from, token.start) + rowColumn(pair.before.name);
    from = token.end;
  }
  return { sql: [sql + expression.slice(from)] };
}

function isRetyped(before: Column, after: Column, { probe }: ChangeFacts): boolean {
  if (before.type !== after.type || before.collation !== after.collation) return true;
  return after.generated && expressionOf(before, probe.before) !== expressionOf(after, probe.after);
}

/** What a generated column is computed from. */
export function expressionOf(
  { name }: Pick<Column, 'name'>,
  { definition }: { definition: string },
): string | undefined {
  return partsOf(definition, 'column').find((column) => column.name === name)?.expression;
}
