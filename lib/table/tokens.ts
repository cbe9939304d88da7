import { keyword, nameOf } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { quoteName } from '../sql/names.js';

/** The tokens outside parentheses, without the marks of executable comments. */
export function topLevel(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (token.kind === 'symbol' && token.text === ')') depth -= 1;
    const isOutside = depth === 0 && token.kind !== 'code-open' && token.kind !== 'code-close';
    if (token.kind === 'symbol' && token.text === '(') depth += 1;
    return isOutside && token.text !== '(' && token.text !== ')';
  });
}

/** Where these words stand side by side; undefined where they do not. */
export function findWords(tokens: readonly Token[], ...words: string[]): number | undefined {
  const at = tokens.findIndex((_, i) => words.every((word, j) => keyword(tokens[i + j]) === word));
  return at === -1 ? undefined : at;
}

/** The index of the parenthesis that closes the one at `open`; the last token's where none does. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]?.kind !== 'symbol') continue;
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}

/** The names in back-ticks that stand in a text. */
export function namesIn(sql: string): string[] {
  return lex(sql).flatMap((token) => (token.kind === 'quoted-name' ? (nameOf(token) ?? []) : []));
}

/** The same text, where each name in back-ticks is what `rename` makes of it. */
export function withNames(sql: string, rename: (name: string) => string): string {
  let text = '';
  let end = 0;
  for (const token of lex(sql)) {
    if (token.kind !== 'quoted-name') continue;
    text += sql.slice(end, token.start) + quoteName(rename(nameOf(token) ?? ''));
    end = token.end;
  }
  return text + sql.slice(end);
}
