import { keyword, nameOf } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { quoteName } from '../sql/names.js';

/** The tokens outside parentheses, without the marks of executable comments. */
export function topLevel(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return unmarked(tokens).filter(({ text }) => {
    if (text === ')') depth -= 1;
    const isOutside = depth === 0;
    if (text === '(') depth += 1;
    return isOutside && text !== '(' && text !== ')';
  });
}

/** Without the marks of executable comments: the text between them is code. */
export function unmarked(tokens: readonly Token[]): Token[] {
  return tokens.filter(({ kind }) => kind !== 'code-open' && kind !== 'code-close');
}

/** The index of the first of these words if they follow each other. */
export function findWords(tokens: readonly Token[], ...words: string[]): number | undefined {
  const at = tokens.findIndex((_, i) => words.every((word, j) => keyword(tokens[i + j]) === word));
  return at === -1 ? undefined : at;
}

/** The index of the parenthesis that closes the one at `open`; that of the last token if none does. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}

/**
 * The text between the first parenthesis at or after token `from` and the one that closes it, and the token after it.
 * @returns undefined if there is none
 */
export function grouped(
  sql: string,
  tokens: readonly Token[],
  from = 0,
): { inside: string; next: number } | undefined {
  const open = tokens.findIndex(({ text }, at) => at >= from && text === '(');
  if (open === -1) return undefined;
  const close = closing(tokens, open);
  return { inside: sql.slice(tokens[open]?.end, tokens[close]?.start), next: close + 1 };
}

/** The items of a list, split at the commas outside parentheses. */
export function listed(sql: string): string[] {
  return itemsOf(lex(sql)).map((item) => textOf(item, sql));
}

export function itemsOf(tokens: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (token.text === ',' && depth === 0) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

export function textOf(tokens: readonly Token[], sql: string): string {
  return sql.slice(tokens[0]?.start ?? sql.length, tokens.at(-1)?.end);
}

/** The names in backticks that a text contains. */
export function namesIn(sql: string): string[] {
  return lex(sql).flatMap((token) => (token.kind === 'quoted-name' ? (nameOf(token) ?? []) : []));
}

/** The same text, each name in backticks replaced by what `rename` returns. */
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
