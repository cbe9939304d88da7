import { Fault } from '../fault.js';
import type { Reason } from '../plan/plan.js';
import { Cursor } from '../sql/cursor.js';
import { excerpt } from '../sql/excerpt.js';
import { lex } from '../sql/lexer.js';
import { parseTexts } from '../sql/migration.js';
import { quoteTable } from '../sql/quote.js';
import type { Statement } from '../sql/statement.js';

/** What a script has sent, as statements of a migration; what is none of a migration is named, and left out. */
export function recordedStatements(texts: readonly string[]): {
  statements: Statement[];
  unforeseen: Reason[];
} {
  const statements: Statement[] = [];
  const unforeseen: Reason[] = [];
  for (const text of texts) {
    try {
      statements.push(...parseTexts([asRename(text) ?? withoutEnd(text)], 'the script'));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      unforeseen.push({
        id: 'not-planned',
        text: `${excerpt(text)} is sent as it stands, and is not in the plan: ${error.message}`,
      });
    }
  }
  return { statements, unforeseen };
}

/** Sequelize ends what it sends with `;`, which is no part of the statement. */
export function withoutEnd(text: string): string {
  return text.replace(/[\s;]+$/, '');
}

/** `ALTER TABLE a RENAME [TO | AS | =] b` as RENAME TABLE, which a plan can look behind. */
function asRename(text: string): string | undefined {
  const tokens = lex(text).filter(({ kind, text: word }) => kind !== 'comment' && word !== ';');
  const cursor = new Cursor(text, tokens);
  if (!cursor.take('ALTER', 'TABLE')) return undefined;
  const from = cursor.qualifiedName('the name of a table');
  if (!cursor.take('RENAME') || ['COLUMN', 'INDEX', 'KEY'].includes(cursor.word() ?? '')) return undefined;
  if (!cursor.take('TO') && !cursor.take('AS') && cursor.peek()?.text === '=') cursor.next();
  const to = cursor.qualifiedName('the name of a table');
  return cursor.peek() === undefined ? `RENAME TABLE ${quoteTable(from)} TO ${quoteTable(to)}` : undefined;
}
