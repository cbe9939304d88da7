import { stripVTControlCharacters } from 'node:util';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';

/**
 * `code-open` and `code-close` are the marks of an executable comment (`/*!50100`, `/*M!`, and its end): what
 * stands between them is code and comes as tokens of its own.
 */
type TokenKind =
  | 'word'
  | 'quoted-name'
  | 'string'
  | 'number'
  | 'symbol'
  | 'comment'
  | 'code-open'
  | 'code-close';

/** Offsets count UTF-16 units, as `String.prototype.slice` does. */
export interface Token {
  kind: TokenKind;
  text: string;
  start: number;
  end: number;
}

/**
 * The tokens of a text in the dialect of MySQL and MariaDB, as a session reads it whose sql_mode has neither
 * ANSI_QUOTES nor NO_BACKSLASH_ESCAPES. It reads each character once, and gives a Fault where a string, a name or
 * a comment has no end. An optimizer hint is a comment: in front of a table's change it means nothing.
 * @param from where to begin; offsets count from the beginning of the text all the same
 */
export function lex(text: string, from = 0): Token[] {
  const tokens: Token[] = [];
  let codeOpenedAt: number | undefined;
  let at = from === 0 && text.startsWith('\uFEFF') ? 1 : from;
  while (at < text.length) {
    if (isSpace(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const [kind, end] = nextToken(text, at, codeOpenedAt !== undefined);
    if (kind === 'code-open') {
      if (codeOpenedAt !== undefined) throw ambiguousComment(text, at, 'begins inside another one');
      codeOpenedAt = at;
    }
    if (kind === 'code-close') codeOpenedAt = undefined;
    tokens.push({ kind, text: text.slice(at, end), start: at, end });
    at = end;
  }
  if (codeOpenedAt !== undefined) throw unterminated('comment', text, codeOpenedAt);
  return tokens;
}

function nextToken(text: string, at: number, inCode: boolean): [TokenKind, number] {
  const char = text.charAt(at);
  if (char === "'" || char === '"') return ['string', stringEnd(text, at, char)];
  if (char === '`') return ['quoted-name', nameEnd(text, at)];
  if (char === '#' || startsLineComment(text, at)) return ['comment', lineEnd(text, at)];
  if (text.startsWith('/*', at)) return commentOrCode(text, at);
  if (inCode && text.startsWith('*/', at)) return ['code-close', at + 2];
  word.lastIndex = at;
  return word.test(text) ? wordOrNumber(text, at, word.lastIndex) : ['symbol', at + 1];
}

/** Two dashes begin a comment only before a space, a control character or the end: `5--3` is arithmetic. */
function startsLineComment(text: string, at: number): boolean {
  if (!text.startsWith('--', at)) return false;
  return at + 2 === text.length || text.charCodeAt(at + 2) <= 0x20;
}

function stringEnd(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === quote) {
      if (text.charAt(at + 1) !== quote) return at + 1;
      at += 1;
    }
  }
  throw unterminated('string', text, start);
}

function nameEnd(text: string, start: number): number {
  let at = text.indexOf('`', start + 1);
  while (at !== -1 && text.charAt(at + 1) === '`') at = text.indexOf('`', at + 2);
  if (at === -1) throw unterminated('name', text, start);
  return at + 1;
}

function lineEnd(text: string, start: number): number {
  const at = text.indexOf('\n', start);
  return at === -1 ? text.length : at;
}

function commentOrCode(text: string, start: number): [TokenKind, number] {
  codeOpening.lastIndex = start;
  const opening = codeOpening.exec(text);
  if (opening) return ['code-open', start + opening[0].length];
  const close = text.indexOf('*/', start + 2);
  if (close === -1) throw unterminated('comment', text, start);
  return ['comment', close + 2];
}

/** The version after the mark has five or six digits; fewer are code already. */
const codeOpening = /\/\*M?!(?:\d{5,6})?/y;

const word = /[\w$\u0080-\uffff]+/y;

/** A name may begin with a digit, but not consist of digits only: `1st` is a word, `1e5` and `0xFF` are numbers. */
function wordOrNumber(text: string, start: number, end: number): [TokenKind, number] {
  const run = text.slice(start, end);
  if (!/^\d/.test(run)) return ['word', end];
  if (/^\d+$/.test(run)) {
    fraction.lastIndex = end;
    return ['number', end + (fraction.exec(text)?.[0].length ?? 0)];
  }
  return [/^(?:\d+e\d+|0x[\da-f]+|0b[01]+)$/i.test(run) ? 'number' : 'word', end];
}

const fraction = /\.\d+/y;

/** What MySQL calls a space; a no-break space is a letter to it. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function unterminated(what: 'string' | 'name' | 'comment', text: string, start: number): Fault {
  const next = {
    string: 'Close the quote.',
    name: 'Close it with a back-tick.',
    comment: 'Close it with */.',
  };
  return new Fault(`The ${what} that begins at ${placeOf(text, start)} has no end.`, {
    id: `unterminated-${what}`,
    exitCode: exitCodes.usage,
    next: next[what],
  });
}

/** The refusal of a statement whose executable comment could mean different things to different servers. */
export function ambiguousComment(text: string, offset: number, how: string): Fault {
  return new Fault(`The executable comment at ${placeOf(text, offset)} ${how}.`, {
    id: 'executable-comment',
    exitCode: exitCodes.refused,
    next: 'Write the statement without /*! … */.',
  });
}

/** Where in a text something is, as an editor counts: `line 3, column 14`. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1) + 1;
  return `line ${line}, column ${column}`;
}

const limit = 60;

/** A piece of SQL as a message shows it: in one line, without what steers a terminal, and not too long. */
export function excerpt(sql: string): string {
  // Cut first: a string may have megabytes.
  const line = stripVTControlCharacters(sql.slice(0, limit * 4)).replace(/[\s\p{Cc}]+/gu, ' ');
  return line.length > limit || sql.length > limit * 4 ? `${line.slice(0, limit)}…` : line;
}
