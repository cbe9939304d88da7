import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { Cursor, keyword, nameOf, type ParsedName } from './cursor.js';
import type { Token } from './lexer.js';
import { quoteName } from './names.js';
import type { AlterStatement } from './statement.js';

interface Head {
  table: ParsedName;
  ifExists: boolean;
  /** What the statement does to the table, as it would follow `ALTER TABLE t`. */
  spec: Token[];
  asserted: AlterStatement['asserted'];
}

/** Reads the head of a statement; nothing where it is none of the three that alterwise takes. */
export function readHead(cursor: Cursor): Head | undefined {
  return readAlterTable(cursor) ?? readCreateIndex(cursor) ?? readDropIndex(cursor);
}

/** `ALTER [ONLINE] [IGNORE] TABLE [IF EXISTS] t [WAIT n | NOWAIT] spec` */
function readAlterTable(cursor: Cursor): Head | undefined {
  let ahead = 1;
  while (cursor.word(ahead) === 'ONLINE' || cursor.word(ahead) === 'IGNORE') ahead += 1;
  if (cursor.word() !== 'ALTER' || cursor.word(ahead) !== 'TABLE') return undefined;
  cursor.take('ALTER');
  const asserted: AlterStatement['asserted'] = {};
  while (!cursor.take('TABLE')) {
    if (cursor.take('IGNORE')) throw losesRows();
    if (cursor.take('ONLINE')) asserted.lock = 'NONE';
  }
  const ifExists = cursor.take('IF', 'EXISTS');
  const table = cursor.qualifiedName('the name of a table');
  skipWait(cursor);
  return { table, ifExists, spec: cursor.rest(), asserted };
}

/**
 * `CREATE [OR REPLACE] [UNIQUE|FULLTEXT|…] INDEX [IF NOT EXISTS] i [USING x] ON t (…) options`. OR REPLACE exists
 * on MariaDB only, and so does the IF EXISTS that it turns into.
 */
function readCreateIndex(cursor: Cursor): Head | undefined {
  if (cursor.word() !== 'CREATE') return undefined;
  let ahead = cursor.word(1) === 'OR' && cursor.word(2) === 'REPLACE' ? 3 : 1;
  if (isIndexKind(cursor.word(ahead))) ahead += 1;
  if (cursor.word(ahead) !== 'INDEX') return undefined;
  cursor.take('CREATE');
  const replaces = cursor.take('OR', 'REPLACE');
  const kind = isIndexKind(cursor.word()) ? [cursor.next()?.text.toUpperCase() ?? ''] : [];
  cursor.take('INDEX');
  const unless = cursor.take('IF', 'NOT', 'EXISTS') ? ['IF', 'NOT', 'EXISTS'] : [];
  const name = quoteName(cursor.name('the name of an index'));
  const using = cursor.take('USING') || cursor.take('TYPE') ? ['USING', cursor.name('an index type')] : [];
  if (!cursor.take('ON')) throw cursor.expected('ON and the name of a table');
  const table = cursor.qualifiedName('the name of a table');
  if (cursor.peek()?.text !== '(') throw cursor.expected('the columns of the index in parentheses');
  const asserted: AlterStatement['asserted'] = {};
  const options = takeAssertions(takeWait(cursor.rest()), asserted);
  const drop: Token[] = replaces ? [...invent('DROP', 'INDEX', 'IF', 'EXISTS', name), comma] : [];
  const add = invent('ADD', ...kind, 'INDEX', ...unless, name, ...using);
  return { table, ifExists: false, spec: [...drop, ...add, ...options], asserted };
}

/** `DROP INDEX [IF EXISTS] i ON t`; the name PRIMARY is that of the primary key. */
function readDropIndex(cursor: Cursor): Head | undefined {
  if (!cursor.take('DROP', 'INDEX')) return undefined;
  const unless = cursor.take('IF', 'EXISTS') ? ['IF', 'EXISTS'] : [];
  const name = cursor.name('the name of an index');
  if (!cursor.take('ON')) throw cursor.expected('ON and the name of a table');
  const table = cursor.qualifiedName('the name of a table');
  skipWait(cursor);
  const asserted: AlterStatement['asserted'] = {};
  const rest = takeAssertions(cursor.rest(), asserted);
  const isPrimary = name.toUpperCase() === 'PRIMARY';
  const drop = isPrimary ? ['DROP', 'PRIMARY', 'KEY'] : ['DROP', 'INDEX', ...unless, quoteName(name)];
  return { table, ifExists: false, spec: [...invent(...drop), ...rest], asserted };
}

const comma: Token = { kind: 'symbol', text: ',', start: -1, end: -2 };

function isIndexKind(word: string | undefined): boolean {
  return word !== undefined && ['UNIQUE', 'FULLTEXT', 'SPATIAL', 'VECTOR'].includes(word);
}

/** MariaDB's own bound on the wait for a lock; alterwise has one of its own. */
function skipWait(cursor: Cursor): void {
  if (cursor.take('NOWAIT')) return;
  if (cursor.word() === 'WAIT' && cursor.peek(1)?.kind === 'number') {
    cursor.take('WAIT');
    cursor.next();
  }
}

/** In CREATE INDEX the wait follows the columns. */
function takeWait(tokens: readonly Token[]): Token[] {
  let depth = 0;
  const close = tokens.findIndex(({ text }) => {
    depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    return depth === 0;
  });
  const after = new Cursor('', tokens.slice(close + 1));
  skipWait(after);
  return [...tokens.slice(0, close + 1), ...after.rest()];
}

function losesRows(): Fault {
  return new Fault('ALTER IGNORE TABLE deletes the rows that do not fit, without a word.', {
    id: 'alter-ignore',
    exitCode: exitCodes.refused,
    next: 'Leave IGNORE out; the plan shows which rows are in the way, and you decide what becomes of them.',
  });
}

interface Assertion {
  name: 'algorithm' | 'lock';
  /** In upper case. */
  value: string;
  /** How many tokens it takes. */
  length: number;
}

/** `ALGORITHM [=] x` or `LOCK [=] x`, if it stands at this place. */
export function readAssertion(tokens: readonly Token[], at: number): Assertion | undefined {
  const name = assertionNames.get(keyword(tokens[at]) ?? '');
  if (!name) return undefined;
  const equals = tokens[at + 1]?.text === '=' ? 1 : 0;
  const token = tokens[at + 1 + equals];
  const value = token && nameOf(token);
  if (!value) return undefined;
  return { name, value: value.toUpperCase(), length: 2 + equals };
}

const assertionNames = new Map<string, Assertion['name']>([
  ['ALGORITHM', 'algorithm'],
  ['LOCK', 'lock'],
]);

/**
 * The options of CREATE INDEX and DROP INDEX stand side by side without commas: returns them without ALGORITHM
 * and LOCK, which go into `asserted`.
 */
function takeAssertions(tokens: readonly Token[], asserted: AlterStatement['asserted']): Token[] {
  const kept: Token[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) break;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    const isParserName = keyword(tokens[at - 1]) === 'PARSER';
    const assertion = depth === 0 && !isParserName ? readAssertion(tokens, at) : undefined;
    if (assertion) {
      asserted[assertion.name] = assertion.value;
      at += assertion.length - 1;
    } else kept.push(token);
  }
  return kept;
}

interface Rendered {
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
function invent(...words: string[]): Token[] {
  return words.map((text) => {
    const kind = text.startsWith('`') ? 'quoted-name' : 'word';
    return { kind, text, start: -1, end: -2 };
  });
}
