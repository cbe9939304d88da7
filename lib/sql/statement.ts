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

/** A statement that changes one existing table: ALTER TABLE, CREATE INDEX or DROP INDEX. */
export interface AlterStatement {
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
