import type { Token } from './lexer.js';

export interface Rendered {
  text: string;
  /** Where each token begins in the text. */
  offsets: number[];
}

/**
 * Tokens as text again: touching where they touched, with one space where anything stood between them. Two minus
 * signs are kept apart: with a space behind them, which may be new, they would begin a comment.
 */
export function renderTokens(tokens: readonly Token[]): Rendered {
  const parts: string[] = [];
  const offsets: number[] = [];
  let length = 0;
  let previous: Token | undefined;
  for (const token of tokens) {
    if (previous && (previous.end !== token.start || (previous.text === '-' && token.text === '-'))) {
      parts.push(' ');
      length += 1;
    }
    offsets.push(length);
    parts.push(token.text);
    length += token.text.length;
    previous = token;
  }
  return { text: parts.join(''), offsets };
}

/** Words and quoted names that the user did not write; they touch nothing. */
export function invent(...words: string[]): Token[] {
  return words.map((text) => {
    const kind = text.startsWith('`') ? 'quoted-name' : 'word';
    return { kind, text, start: -1, end: -2 };
  });
}
