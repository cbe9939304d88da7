import { keyword, nameOf } from './cursor.js';
import type { Token } from './lexer.js';
import type { DeclaredRename } from './statement.js';

/**
 * The rename that a clause declares: RENAME COLUMN a TO b, or CHANGE a b …. Names of columns do not depend on
 * case, so that a change of case is none. The tokens are those of one clause, without marks of executable comments.
 */
export function findRename(tokens: readonly Token[]): DeclaredRename | undefined {
  const isRename = keyword(tokens[0]) === 'RENAME' && keyword(tokens[1]) === 'COLUMN';
  if (!isRename && keyword(tokens[0]) !== 'CHANGE') return undefined;
  let at = keyword(tokens[1]) === 'COLUMN' ? 2 : 1;
  if (keyword(tokens[at]) === 'IF' && keyword(tokens[at + 1]) === 'EXISTS') at += 2;
  const from = columnAt(tokens, at);
  if (!from) return undefined;
  if (isRename && keyword(tokens[from.end]) !== 'TO') return undefined;
  const to = columnAt(tokens, isRename ? from.end + 1 : from.end);
  if (!to || from.name.toLowerCase() === to.name.toLowerCase()) return undefined;
  return { from: from.name, to: to.name };
}

/** A column may be written with its table in front: `t.a`. */
function columnAt(tokens: readonly Token[], start: number): { name: string; end: number } | undefined {
  let at = start;
  while (tokens[at + 1]?.text === '.') at += 2;
  const token = tokens[at];
  const name = token && nameOf(token);
  return name === undefined ? undefined : { name, end: at + 1 };
}
