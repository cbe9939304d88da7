import { Cursor } from './cursor.js';
import type { Token } from './lexer.js';
import { unwrap } from './parse.js';
import { hazardOfSet } from './session-hazards.js';
import type { PlainStatement, TouchedTable } from './statement.js';
import { keyword, nameOf } from './tokens.js';

/**
 * Reads the head of a statement that is no change of an existing table's schema: what it does, and which tables it
 * names there. Nothing if it is none that a migration may have.
 * @param tokens of one statement out of `text`
 * @throws {Fault} if it names no table where it must, or an executable comment hides some
 */
export function readPlain(tokens: readonly Token[], text: string): PlainStatement | undefined {
  const begin = tokens[0]?.start ?? 0;
  const read = readHead(unwrap(tokens), text);
  if (read === undefined) return undefined;
  const tables = (read.tables ?? []).map((table) => ({
    ...table,
    start: table.start - begin,
    end: table.end - begin,
  }));
  return { kind: 'plain', sql: text.slice(begin, tokens.at(-1)?.end), conditional: false, ...read, tables };
}

type Head = Pick<PlainStatement, 'verb'> & Partial<PlainStatement>;

/** The offsets of its tables are those in the text. */
function readHead(tokens: readonly Token[], text: string): Head | undefined {
  const cursor = new Cursor(text, tokens);
  const word = cursor.word();
  cursor.next();
  switch (word) {
    case 'CREATE':
      return readCreate(cursor);
    case 'DROP':
      return readDrop(cursor);
    case 'RENAME':
      if (!cursor.take('TABLE') && !cursor.take('TABLES')) return undefined;
      return { verb: 'RENAME TABLE', tables: listed(cursor, renamed) };
    case 'TRUNCATE':
      cursor.take('TABLE');
      return { verb: 'TRUNCATE TABLE', tables: [table(cursor)] };
    case 'INSERT':
    case 'REPLACE':
      skipModifiers(cursor);
      cursor.take('INTO');
      return { verb: word, tables: [table(cursor)] };
    case 'UPDATE': {
      skipModifiers(cursor);
      const tables = [table(cursor)];
      return { verb: 'UPDATE', tables, ...mentioned(tables, upTo('SET', cursor)) };
    }
    case 'DELETE': {
      // Of several tables: `DELETE a, b FROM …`, where `a` may be an alias.
      while (cursor.peek() && !cursor.take('FROM')) cursor.next();
      const tables = cursor.peek() ? [table(cursor)] : [];
      return { verb: 'DELETE', tables, ...mentioned(tables, upTo('WHERE', cursor)) };
    }
    case 'SET':
      // MariaDB's SET STATEMENT … FOR runs any statement behind it.
      return cursor.word() === 'STATEMENT' || hazardOfSet(tokens) ? undefined : { verb: 'SET' };
    default:
      return undefined;
  }
}

function readCreate(cursor: Cursor): Head | undefined {
  cursor.take('OR', 'REPLACE');
  // A temporary table would hide another one from the plan, and is gone when a run resumes after a failure.
  if (cursor.take('TEMPORARY')) return undefined;
  if (!cursor.take('TABLE')) return namesRoutine(cursor) ? { verb: 'CREATE' } : undefined;
  const conditional = cursor.take('IF', 'NOT', 'EXISTS');
  return { verb: 'CREATE TABLE', conditional, tables: [table(cursor)] };
}

function readDrop(cursor: Cursor): Head | undefined {
  if (!cursor.take('TABLE') && !cursor.take('TABLES')) {
    return routines.includes(cursor.word() ?? '') ? { verb: 'DROP' } : undefined;
  }
  const conditional = cursor.take('IF', 'EXISTS');
  return { verb: 'DROP TABLE', conditional, tables: listed(cursor, table) };
}

const routines = ['VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT'];
const beforeRoutine = ['ALGORITHM', 'DEFINER', 'SQL', 'AGGREGATE'];

/** `VIEW …`, `DEFINER = a@b TRIGGER …`: of other kinds (`DATABASE event`) such a word may be the name. */
function namesRoutine(cursor: Cursor): boolean {
  const words = Array.from({ length: 12 }, (_, ahead) => cursor.word(ahead) ?? '');
  const reach = beforeRoutine.includes(words[0] ?? '') ? words.length : 1;
  return words.slice(0, reach).some((word) => routines.includes(word));
}

function skipModifiers(cursor: Cursor): void {
  const modifiers = ['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE'];
  while (modifiers.includes(cursor.word() ?? '')) cursor.next();
}

/** A server that runs an executable comment would read what is in it: it must not hide another table. */
function listed(cursor: Cursor, read: (cursor: Cursor) => TouchedTable): TouchedTable[] {
  const tables = [read(cursor)];
  while (cursor.peek()?.text === ',') {
    cursor.next();
    tables.push(read(cursor));
  }
  if (cursor.peek()?.kind === 'code-open') throw cursor.expected('another table');
  return tables;
}

function renamed(cursor: Cursor): TouchedTable {
  const from = table(cursor);
  if (!cursor.take('TO')) throw cursor.expected('TO and the new name of the table');
  const { start, end, ...to } = table(cursor);
  return { ...from, to };
}

function table(cursor: Cursor): TouchedTable {
  const start = cursor.peek()?.start ?? 0;
  const { schema, name } = cursor.qualifiedName('the name of a table');
  return { ...(schema !== undefined && { schema }), table: name, start, end: cursor.previous?.end ?? 0 };
}

/** The tokens in front of a word, or all that are left. */
function upTo(word: string, cursor: Cursor): Token[] {
  const rest = cursor.rest();
  const end = rest.findIndex((token) => keyword(token) === word);
  return end === -1 ? rest : rest.slice(0, end);
}

function mentioned(
  tables: readonly TouchedTable[],
  others: readonly Token[],
): Pick<PlainStatement, 'mentions'> {
  const isJoin = (token: Token) => token.text === ',' || ['JOIN', 'USING'].includes(keyword(token) ?? '');
  if (!others.some(isJoin)) return {};
  const names = others.flatMap((token) => nameOf(token) ?? []);
  return { mentions: [...tables.map((each) => each.table), ...names] };
}
