/** One clause of an ALTER TABLE, as far as a lexer can know it. */
export interface Clause {
  /** The clause's own text, trimmed, without comments, and with single spaces between its tokens. */
  text: string;
  /**
   * Its leading words in upper case, up to the first token that is neither a word nor a quoted name; quoted names
   * are left out: `` ADD COLUMN `a` INT(5) UNSIGNED `` has ADD, COLUMN, INT.
   */
  head: readonly string[];
}

export interface DeclaredRename {
  from: string;
  to: string;
}

/** A table after REFERENCES; the offsets are those of its name in `spec`. */
export interface Reference {
  schema?: string;
  table: string;
  start: number;
  end: number;
}

/** One statement of a migration. */
export type Statement = AlterStatement | PlainStatement;

/** A statement that changes one existing table: ALTER TABLE, CREATE INDEX or DROP INDEX. */
export interface AlterStatement {
  kind: 'alter';
  /** As the user wrote it, from its first word to its last, without the final `;`. */
  sql: string;
  schema?: string;
  table: string;
  /** ALTER TABLE IF EXISTS (MariaDB): a table that is not there is nothing to do. */
  ifExists?: true;
  /**
   * What follows `ALTER TABLE t `: the clauses, joined by `, `. The user's ALGORITHM, LOCK, WAIT and NOWAIT are
   * taken out; CREATE INDEX and DROP INDEX are rewritten to ADD … INDEX and DROP INDEX.
   */
  spec: string;
  clauses: readonly Clause[];
  /** The user's own ALGORITHM= and LOCK=, upper case; the last one wins, as in MySQL. ONLINE is LOCK=NONE. */
  asserted: { algorithm?: string; lock?: string };
  /** RENAME COLUMN a TO b and CHANGE a b …, where the name really changes. */
  renames: readonly DeclaredRename[];
  /** Tables after REFERENCES. */
  references: readonly Reference[];
}

/** Any other statement that a migration may have; it runs in its place. */
export interface PlainStatement {
  kind: 'plain';
  /** As the user wrote it, without its delimiter. */
  sql: string;
  verb: PlainVerb;
  /** CREATE TABLE IF NOT EXISTS, DROP TABLE IF EXISTS. */
  conditional: boolean;
  /** The tables that it names in the places where its kind names tables; a subquery's are not among them. */
  tables: readonly TouchedTable[];
  /** Of an UPDATE or DELETE over several tables: every name in front of its SET or WHERE; each may be written. */
  mentions?: readonly string[];
}

/** CREATE and DROP alone: of views, triggers, procedures, functions and events. */
export type PlainVerb =
  | `${'CREATE' | 'DROP' | 'RENAME' | 'TRUNCATE'} TABLE`
  | 'INSERT'
  | 'REPLACE'
  | 'UPDATE'
  | 'DELETE'
  | 'SET'
  | 'CREATE'
  | 'DROP';

export interface TouchedTable {
  schema?: string;
  table: string;
  /** Where RENAME TABLE moves it. */
  to?: { schema?: string; table: string };
  /** Where its name stands in `sql`. */
  start: number;
  end: number;
}

/**
 * What servers without a data dictionary of their own (MySQL 5.7, MariaDB) do table by table, and may stop in the middle
 * of: a table that is gone is gone.
 * @param tables how many it names
 */
export function isPiecemeal({ verb, sql }: { verb: string; sql: string }, tables: number): boolean {
  if (verb === 'DROP TABLE') return tables > 1;
  return verb === 'CREATE TABLE' && /^\s*CREATE\s+OR\s+REPLACE\b/i.test(sql);
}

/** Whether a plain statement writes rows: its estimate then counts those that the server looks at, not the table's. */
export function writesRows(verb: string): boolean {
  return ['INSERT', 'REPLACE', 'UPDATE', 'DELETE'].includes(verb);
}
