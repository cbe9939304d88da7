import { lex, type Token } from './lexer.js';
import { quoteName } from './names.js';

/** The word that a token is, in upper case; a quoted name is never a keyword. */
export function keyword(token: Token | undefined): string | undefined {
  return token?.kind === 'word' ? token.text.toUpperCase() : undefined;
}

/** The name that a token spells; nothing where it cannot be one. */
export function nameOf(token: Token): string | undefined {
  if (token.kind === 'word') return token.text;
  if (token.kind === 'quoted-name') return token.text.slice(1, -1).replaceAll('``', '`');
  return undefined;
}

/** Whether any of the words stands in the text as a word, not in a string, a comment or a quoted name. */
export function hasKeyword(text: string, ...words: readonly string[]): boolean {
  return lex(text).some((token) => words.includes(keyword(token) ?? ''));
}

/** The tokens of a text without its comments. @param from where to begin */
export function codeOf(text: string, from = 0): Token[] {
  return lex(text, from).filter(({ kind }) => kind !== 'comment');
}

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

interface Group {
  inside: string;
  /** The token that opens it, and the one behind it. */
  open: number;
  next: number;
}

/** The first text in parentheses at or after token `from`. @returns undefined if there is none */
export function grouped(sql: string, tokens: readonly Token[], from = 0): Group | undefined {
  const open = tokens.findIndex(({ text }, at) => at >= from && text === '(');
  if (open === -1) return undefined;
  const close = closing(tokens, open);
  return { inside: sql.slice(tokens[open]?.end, tokens[close]?.start), open, next: close + 1 };
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

/** From the first token to the last. */
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
