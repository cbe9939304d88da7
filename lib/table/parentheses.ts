import { lex } from '../sql/lexer.js';

/**
 * What stands between the first parenthesis and the one that closes it, in a text that a server has written.
 * @returns undefined where there is none
 */
export function grouped(text: string): { inside: string; rest: string } | undefined {
  let depth = 0;
  let start: number | undefined;
  for (const token of lex(text)) {
    if (token.text === '(') {
      start ??= token.end;
      depth += 1;
    } else if (token.text === ')') {
      depth -= 1;
      if (depth === 0 && start !== undefined) {
        return { inside: text.slice(start, token.start), rest: text.slice(token.end) };
      }
    }
  }
  return undefined;
}

/** A list's items, between the commas that are in no parenthesis. */
export function listed(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (const token of lex(text)) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (token.text !== ',' || depth > 0) continue;
    items.push(text.slice(start, token.start).trim());
    start = token.end;
  }
  return [...items, text.slice(start).trim()];
}
