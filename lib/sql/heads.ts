import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Cursor, ParsedName } from './cursor.js';
import type { Token } from './lexer.js';
import { quoteName } from './names.js';
import type { AlterStatement } from './statement.js';
import { keyword, nameOf } from './tokens.js';

interface Head {
  table: ParsedName;
  ifExists: boolean;
  /** What the statement does to the table, as it would follow `ALTER TABLE t`. */
  spec: Token[];
  asserted: AlterStatement['asserted'];
}

/** Reads the head of a statement; nothing if it is none of the three that alterwise takes. */
export function readHead(cursor: Cursor): Head | undefined {
  if (cursor.take('ALTER')) return readAlterTable(cursor);
  if (cursor.take('CREATE')) return readCreateIndex(cursor);
  return cursor.take('DROP', 'INDEX') ? readDropIndex(cursor) : undefined;
}

/** `ALTER [ONLINE] [IGNORE] TABLE [IF EXISTS] t [WAIT n | NOWAIT] spec` */
function readAlterTable(cursor: Cursor): Head | undefined {
  const words = new Set<string | undefined>();
  while (cursor.word() === 'ONLINE' || cursor.word() === 'IGNORE') {
    words.add(cursor.word());
    cursor.next();
  }
  if (!cursor.take('TABLE')) return undefined;
  if (words.has('IGNORE')) throw losesRows();
  const ifExists = cursor.take('IF', 'EXISTS');
  const table = cursor.qualifiedName('the name of a table');
  skipWait(cursor);
  return { table, ifExists, spec: cursor.rest(), asserted: words.has('ONLINE') ? { lock: 'NONE' } : {} };
}

const indexKinds = ['UNIQUE', 'FULLTEXT', 'SPATIAL', 'VECTOR'];

/**
 * `CREATE [OR REPLACE] [UNIQUE|FULLTEXT|…] INDEX [IF NOT EXISTS] i [USING x] ON t (…) options`. OR REPLACE exists
 * on MariaDB only, and so does the IF EXISTS that it turns into.
 */
function readCreateIndex(cursor: Cursor): Head | undefined {
  const replaces = cursor.take('OR', 'REPLACE');
  const kind = indexKinds.filter((word) => cursor.take(word));
  if (!cursor.take('INDEX')) return undefined;
  const unless = cursor.take('IF', 'NOT', 'EXISTS') ? ['IF', 'NOT', 'EXISTS'] : [];
  const name = quoteName(cursor.name('the name of an index'));
  const using = cursor.take('USING') || cursor.take('TYPE') ? ['USING', cursor.name('an index type')] : [];
  const table = tableBehindOn(cursor);
  const columns = cursor.group('the columns of the index in parentheses');
  skipWait(cursor);
  const drop: Token[] = replaces ? [...invent('DROP', 'INDEX', 'IF', 'EXISTS', name), comma] : [];
  const add = invent('ADD', ...kind, 'INDEX', ...unless, name, ...using);
  const { options, asserted } = readOptions(cursor);
  return { table, ifExists: false, spec: [...drop, ...add, ...columns, ...options], asserted };
}

/** `DROP INDEX [IF EXISTS] i ON t`; the name PRIMARY is that of the primary key. */
function readDropIndex(cursor: Cursor): Head {
  const unless = cursor.take('IF', 'EXISTS') ? ['IF', 'EXISTS'] : [];
  const name = cursor.name('the name of an index');
  const table = tableBehindOn(cursor);
  skipWait(cursor);
  const isPrimary = name.toUpperCase() === 'PRIMARY';
  const drop = isPrimary ? ['DROP', 'PRIMARY', 'KEY'] : ['DROP', 'INDEX', ...unless, quoteName(name)];
  const { options, asserted } = readOptions(cursor);
  return { table, ifExists: false, spec: [...invent(...drop), ...options], asserted };
}

function tableBehindOn(cursor: Cursor): ParsedName {
  if (!cursor.take('ON')) throw cursor.expected('ON and the name of a table');
  return cursor.qualifiedName('the name of a table');
}

/** MariaDB's own bound on the wait for a lock; alterwise has one of its own. */
function skipWait(cursor: Cursor): void {
  if (cursor.take('NOWAIT')) return;
  if (cursor.word() === 'WAIT' && cursor.peek(1)?.kind === 'number') {
    cursor.take('WAIT');
    cursor.next();
  }
}

/** The options of CREATE INDEX and DROP INDEX stand side by side without commas, ALGORITHM and LOCK among them. */
function readOptions(cursor: Cursor): { options: Token[]; asserted: AlterStatement['asserted'] } {
  const options: Token[] = [];
  const asserted: AlterStatement['asserted'] = {};
  const tokens = cursor.rest();
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) break;
    const isParserName = keyword(tokens[at - 1]) === 'PARSER';
    const assertion = isParserName ? undefined : readAssertion(tokens, at);
    if (assertion) {
      asserted[assertion.name] = assertion.value;
      at += assertion.length - 1;
    } else options.push(token);
  }
  return { options, asserted };
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
  const word = keyword(tokens[at]);
  if (word !== 'ALGORITHM' && word !== 'LOCK') return undefined;
  const equals = tokens[at + 1]?.text === '=' ? 1 : 0;
  const token = tokens[at + 1 + equals];
  const value = token && nameOf(token);
  if (!value) return undefined;
  return { name: word === 'LOCK' ? 'lock' : 'algorithm', value: value.toUpperCase(), length: 2 + equals };
}

/** Words and quoted names that the user did not write; they touch nothing. */
function invent(...words: string[]): Token[] {
  return words.map((text) => {
    const kind = text.startsWith('`') ? 'quoted-name' : 'word';
    return { kind, text, start: -1, end: -2 };
  });
}

const comma: Token = { kind: 'symbol', text: ',', start: -1, end: -2 };

function losesRows(): Fault {
  return new Fault('ALTER IGNORE TABLE deletes the rows that do not fit, without a word.', {
    id: 'alter-ignore',
    exitCode: exitCodes.refused,
    next: 'Leave IGNORE out; the plan shows which rows are in the way, and you decide what becomes of them.',
  });
}
