import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { ambiguousComment, excerpt, placeOf, type Token } from './lexer.js';
import { closing, keyword, nameOf } from './tokens.js';

export interface ParsedName {
  schema?: string;
  name: string;
}

/** Reads the tokens of one statement from left to right; the parsers of statement heads share it. */
export class Cursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  /** The token that was stepped over last. */
  get previous(): Token | undefined {
    return this.#tokens[this.#at - 1];
  }

  /** The word that stands next, in upper case; a quoted name is never a keyword. */
  word(ahead = 0): string | undefined {
    return keyword(this.peek(ahead));
  }

  /** Steps over these words if exactly they stand next. */
  take(...words: string[]): boolean {
    if (!words.every((word, index) => this.word(index) === word)) return false;
    this.#at += words.length;
    return true;
  }

  next(): Token | undefined {
    const token = this.peek();
    if (token) this.#at += 1;
    return token;
  }

  /** `name`, where `what` tells a person which name was expected. */
  name(what: string): string {
    const token = this.peek();
    const name = token && nameOf(token);
    if (!token || !name) throw this.expected(what);
    this.#at += 1;
    return name;
  }

  /** `name` or `schema.name`, with or without spaces around the dot. */
  qualifiedName(what: string): ParsedName {
    const first = this.name(what);
    if (this.peek()?.text !== '.') return { name: first };
    this.#at += 1;
    return { schema: first, name: this.name(what) };
  }

  /** Steps over an opening parenthesis and all up to the one that closes it. */
  group(what: string): Token[] {
    if (this.peek()?.text !== '(') throw this.expected(what);
    const end = closing(this.#tokens, this.#at) + 1;
    const group = this.#tokens.slice(this.#at, end);
    this.#at = end;
    return group;
  }

  /** Everything that is left. */
  rest(): Token[] {
    const rest = this.#tokens.slice(this.#at);
    this.#at = this.#tokens.length;
    return rest;
  }

  expected(what: string): Fault {
    const token = this.peek();
    if (token?.kind === 'code-open' || token?.kind === 'code-close') {
      return ambiguousComment(this.#text, token.start, `hides ${what}`);
    }
    const found = token
      ? `found ${excerpt(token.text)} at ${placeOf(this.#text, token.start)}`
      : 'the statement ends';
    return new Fault(`Expected ${what}, but ${found}.`, {
      id: 'syntax',
      exitCode: exitCodes.usage,
      next:
        token?.kind === 'string'
          ? 'Quote names with back-ticks: alterwise reads "…" as a string.'
          : 'Correct the statement.',
    });
  }
}
