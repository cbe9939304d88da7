import { keyword } from './cursor.js';
import { lex } from './lexer.js';

/** Whether any of the words stands in the text as a word, not in a string, a comment or a quoted name. */
export function hasKeyword(text: string, ...words: readonly string[]): boolean {
  return lex(text).some((token) => words.includes(keyword(token) ?? ''));
}
