import type { Column } from '../../inspect/shape.js';
import { nameOf } from '../../sql/cursor.js';
import { lex } from '../../sql/lexer.js';
import { quoteName } from '../../sql/quote.js';
import type { AlterStatement, Clause } from '../../sql/statement.js';

/**
 * The change as gh-ost gets it. Its parser knows CHANGE and not RENAME COLUMN, whose column would come out empty
 * (gh-ost issue 1034): the one is written as the other, with the definition that the probe has found.
 * It wants the old name as the table has it, case and all.
 * @param before the table's columns
 * @param definitionAfter SHOW CREATE TABLE of the changed clone; absent where there was no probe
 */
export function ghostStatement(
  statement: AlterStatement,
  before: readonly Column[],
  definitionAfter: string | undefined,
): AlterStatement {
  if (definitionAfter === undefined) return statement;
  const clauses = statement.clauses.map((clause) => asChange(clause, before, definitionAfter) ?? clause);
  return { ...statement, clauses, spec: clauses.map(({ text }) => text).join(', ') };
}

function asChange(clause: Clause, before: readonly Column[], definitionAfter: string): Clause | undefined {
  if (clause.head[0] !== 'RENAME' || clause.head[1] !== 'COLUMN') return undefined;
  const [old, to] = [lex(clause.text).at(-3), lex(clause.text).at(-1)].map((token) => token && nameOf(token));
  const from = before.find(({ name }) => name.toLowerCase() === old?.toLowerCase())?.name;
  if (from === undefined || to === undefined) return undefined;
  const start = `  ${quoteName(to)} `;
  const line = definitionAfter.split('\n').find((each) => each.startsWith(start));
  if (line === undefined) return undefined;
  const text = `CHANGE ${quoteName(from)} ${quoteName(to)} ${line.slice(start.length).replace(/,$/, '')}`;
  return { ...clause, text, head: ['CHANGE'] };
}
