import { Cursor, keyword, nameOf } from './cursor.js';
import type { Token } from './lexer.js';
import { unwrap } from './parse.js';
import { hazardOfSet } from './session-hazards.js';
import type { PlainStatement, PlainVerb, TouchedTable } from './statement.js';

/**
 * Reads the head of a statement that is no change of an existing table's schema: what it does, and which tables it
 * names there. Nothing where it is none that a migration may have.
 * @param tokens of one statement out of `text`
 * @throws {Fault} where it names no table in a place where it must, or an executable comment hides some
 */
export function readPlain(tokens: readonly Token[], text: string): PlainStatement | undefined {
  const start = tokens[0]?.start ?? 0;
  const read = new Head(unwrap(tokens), text, start).read();
  if (read === undefined) return undefined;
  return {
    kind: 'plain',
    sql: text.slice(start, tokens.at(-1)?.end),
    conditional: false,
    tables: [],
    ...read,
  };
}

type Read = Pick<PlainStatement, 'verb'> & Partial<PlainStatement>;

class Head {
  readonly #cursor: Cursor;
  readonly #offset: number;

  /** @param offset where the statement begins in the text */
  constructor(tokens: readonly Token[], text: string, offset: number) {
    this.#cursor = new Cursor(text, tokens);
    this.#offset = offset;
  }

  read(): Read | undefined {
    const cursor = this.#cursor;
    switch (cursor.word()) {
      case 'CREATE':
        return this.#create();
      case 'DROP':
        return this.#drop();
      case 'RENAME':
        return cursor.take('RENAME', 'TABLE') || cursor.take('RENAME', 'TABLES') ? this.#rename() : undefined;
      case 'TRUNCATE':
        cursor.take('TRUNCATE');
        cursor.take('TABLE');
        return { verb: 'TRUNCATE TABLE', tables: [this.#table()] };
      case 'INSERT':
      case 'REPLACE':
        return this.#insert(cursor.word() === 'INSERT' ? 'INSERT' : 'REPLACE');
      case 'UPDATE':
        return this.#update();
      case 'DELETE':
        return this.#delete();
      case 'SET':
        // MariaDB's SET STATEMENT … FOR runs any statement behind it.
        return cursor.word(1) === 'STATEMENT' || hazardOfSet(cursor.rest()) ? undefined : { verb: 'SET' };
      default:
        return undefined;
    }
  }

  #create(): Read | undefined {
    const cursor = this.#cursor;
    cursor.take('CREATE');
    cursor.take('OR', 'REPLACE');
    // A temporary table would hide another one from the plan, and is gone when a run resumes after a failure.
    if (cursor.take('TEMPORARY')) return undefined;
    if (!cursor.take('TABLE')) return this.#namesRoutine() ? { verb: 'CREATE' } : undefined;
    const conditional = cursor.take('IF', 'NOT', 'EXISTS');
    return { verb: 'CREATE TABLE', conditional, tables: [this.#table()] };
  }

  #drop(): Read | undefined {
    const cursor = this.#cursor;
    cursor.take('DROP');
    if (!cursor.take('TABLE') && !cursor.take('TABLES')) {
      return routines.includes(cursor.word() ?? '') ? { verb: 'DROP' } : undefined;
    }
    const conditional = cursor.take('IF', 'EXISTS');
    return { verb: 'DROP TABLE', conditional, tables: this.#tables() };
  }

  #rename(): Read {
    const tables: TouchedTable[] = [];
    do {
      const from = this.#table();
      if (!this.#cursor.take('TO')) throw this.#cursor.expected('TO and the new name of the table');
      const { schema, table } = this.#table();
      tables.push({ ...from, to: { ...(schema !== undefined && { schema }), table } });
    } while (this.#comma());
    this.#refuseMark('another table');
    return { verb: 'RENAME TABLE', tables };
  }

  #insert(verb: PlainVerb): Read {
    const cursor = this.#cursor;
    cursor.next();
    while (['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE'].includes(cursor.word() ?? ''))
      cursor.next();
    cursor.take('INTO');
    return { verb, tables: [this.#table()] };
  }

  #update(): Read {
    const cursor = this.#cursor;
    cursor.take('UPDATE');
    while (['LOW_PRIORITY', 'IGNORE'].includes(cursor.word() ?? '')) cursor.next();
    const tables = [this.#table()];
    return { verb: 'UPDATE', tables, ...this.#mentioned(tables, this.#upTo('SET')) };
  }

  /** The tokens in front of a word, or all that are left. */
  #upTo(word: string): Token[] {
    const rest = this.#cursor.rest();
    const end = rest.findIndex((token) => keyword(token) === word);
    return end === -1 ? rest : rest.slice(0, end);
  }

  #mentioned(tables: readonly TouchedTable[], others: readonly Token[]): Pick<PlainStatement, 'mentions'> {
    if (!others.some((token) => token.text === ',' || ['JOIN', 'USING'].includes(keyword(token) ?? '')))
      return {};
    return {
      mentions: [...tables.map(({ table }) => table), ...others.flatMap((token) => nameOf(token) ?? [])],
    };
  }

  /** `DELETE FROM t …`, and of several tables `DELETE a, b FROM …`, where `a` may be an alias. */
  #delete(): Read {
    const cursor = this.#cursor;
    cursor.take('DELETE');
    while (['LOW_PRIORITY', 'QUICK', 'IGNORE'].includes(cursor.word() ?? '')) cursor.next();
    while (cursor.peek() && !cursor.take('FROM')) cursor.next();
    const tables = cursor.peek() ? [this.#table()] : [];
    return { verb: 'DELETE', tables, ...this.#mentioned(tables, this.#upTo('WHERE')) };
  }

  /** `VIEW …`, `DEFINER = a@b TRIGGER …`: of other kinds (`DATABASE event`) such a word may be the name. */
  #namesRoutine(): boolean {
    const cursor = this.#cursor;
    const isAhead = (ahead: number) => routines.includes(cursor.word(ahead) ?? '');
    if (!beforeRoutine.includes(cursor.word() ?? '')) return isAhead(0);
    return Array.from({ length: 12 }, (_, ahead) => ahead).some(isAhead);
  }

  #tables(): TouchedTable[] {
    const tables = [this.#table()];
    while (this.#comma()) tables.push(this.#table());
    this.#refuseMark('another table');
    return tables;
  }

  /** A server that runs an executable comment would read what is in it. */
  #refuseMark(what: string): void {
    if (this.#cursor.peek()?.kind === 'code-open') throw this.#cursor.expected(what);
  }

  #comma(): boolean {
    const isComma = this.#cursor.peek()?.text === ',';
    if (isComma) this.#cursor.next();
    return isComma;
  }

  #table(): TouchedTable {
    const start = this.#cursor.peek()?.start ?? 0;
    const { schema, name } = this.#cursor.qualifiedName('the name of a table');
    return {
      ...(schema !== undefined && { schema }),
      table: name,
      start: start - this.#offset,
      end: (this.#cursor.previous?.end ?? 0) - this.#offset,
    };
  }
}

const routines = ['VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT'];
const beforeRoutine = ['ALGORITHM', 'DEFINER', 'SQL', 'AGGREGATE'];
