import { Cursor } from './cursor.js';
import type { Token } from './lexer.js';
import type { PlainStatement, PlainVerb, TouchedTable } from './statement.js';

/**
 * Reads the head of a statement that is no change of an existing table's schema: what it does, and which tables it
 * names there. Nothing where it is none that a migration may have.
 * @param sql its text, which begins at `offset` of what the tokens count
 */
export function readPlain(tokens: readonly Token[], sql: string, offset: number): PlainStatement | undefined {
  const head = new Head(tokens, offset);
  const read = head.read();
  return read && { kind: 'plain', sql, conditional: false, tables: [], ...read };
}

type Read = Pick<PlainStatement, 'verb'> & Partial<PlainStatement>;

class Head {
  readonly #cursor: Cursor;
  readonly #tokens: readonly Token[];
  readonly #offset: number;

  constructor(tokens: readonly Token[], offset: number) {
    this.#cursor = new Cursor('', tokens);
    this.#tokens = tokens;
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
        return { verb: 'SET' };
      default:
        return undefined;
    }
  }

  #create(): Read | undefined {
    const cursor = this.#cursor;
    cursor.take('CREATE');
    cursor.take('OR', 'REPLACE');
    // Of no concern to anybody but the session of the plain statements.
    if (cursor.take('TEMPORARY')) return { verb: 'CREATE' };
    if (!cursor.take('TABLE')) return this.#names(routines) ? { verb: 'CREATE' } : undefined;
    const conditional = cursor.take('IF', 'NOT', 'EXISTS');
    return { verb: 'CREATE TABLE', conditional, tables: [this.#table()] };
  }

  #drop(): Read | undefined {
    const cursor = this.#cursor;
    cursor.take('DROP');
    if (cursor.take('TEMPORARY')) return { verb: 'DROP' };
    if (!cursor.take('TABLE') && !cursor.take('TABLES')) {
      return this.#names(routines) ? { verb: 'DROP' } : undefined;
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
    return { verb: 'UPDATE', tables: [this.#table()] };
  }

  /** `DELETE FROM t …`, and of several tables `DELETE a, b FROM …`, where `a` may be an alias. */
  #delete(): Read {
    const cursor = this.#cursor;
    cursor.take('DELETE');
    while (['LOW_PRIORITY', 'QUICK', 'IGNORE'].includes(cursor.word() ?? '')) cursor.next();
    while (cursor.peek() && !cursor.take('FROM')) cursor.next();
    return { verb: 'DELETE', tables: cursor.peek() ? [this.#table()] : [] };
  }

  /** Whether one of these words stands among the next ones, before the first name that is quoted or in parentheses. */
  #names(words: readonly string[]): boolean {
    for (let ahead = 0; ahead < 12 && this.#cursor.peek(ahead); ahead += 1) {
      if (words.includes(this.#cursor.word(ahead) ?? '')) return true;
    }
    return false;
  }

  #tables(): TouchedTable[] {
    const tables = [this.#table()];
    while (this.#comma()) tables.push(this.#table());
    return tables;
  }

  #comma(): boolean {
    const isComma = this.#cursor.peek()?.text === ',';
    if (isComma) this.#cursor.next();
    return isComma;
  }

  #table(): TouchedTable {
    const first = this.#cursor.peek();
    const { schema, name } = this.#cursor.qualifiedName('the name of a table');
    const next = this.#cursor.peek();
    const last = this.#tokens[(next ? this.#tokens.indexOf(next) : this.#tokens.length) - 1];
    return {
      ...(schema !== undefined && { schema }),
      table: name,
      start: (first?.start ?? 0) - this.#offset,
      end: (last?.end ?? 0) - this.#offset,
    };
  }
}

const routines = ['VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT'];
