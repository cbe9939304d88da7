/** One clause of an ALTER TABLE, as far as a lexer can know it. */
export interface Clause {
  /** The clause's own text, trimmed. */
  text: string;
  /** Its words in upper case as far as they are keywords or plain identifiers (`ADD`, `COLUMN`), quoted names left out. */
  head: readonly string[];
}

export interface DeclaredRename {
  from: string;
  to: string;
}

/** A statement that changes one existing table: ALTER TABLE, CREATE INDEX or DROP INDEX. */
export interface AlterStatement {
  /** As the user wrote it, trimmed, without the final `;`. */
  sql: string;
  schema?: string;
  table: string;
  /**
   * What follows `ALTER TABLE t `, with the user's ALGORITHM, LOCK, WAIT and NOWAIT taken out; CREATE INDEX and
   * DROP INDEX are rewritten to ADD … INDEX and DROP INDEX.
   */
  spec: string;
  clauses: readonly Clause[];
  /** The user's own ALGORITHM= and LOCK=, upper case; the last one wins, as in MySQL. */
  asserted: { algorithm?: string; lock?: string };
  /** RENAME COLUMN a TO b and CHANGE a b …, where the name really changes. */
  renames: readonly DeclaredRename[];
  /** Tables after REFERENCES. */
  references: readonly { schema?: string; table: string; start: number; end: number }[];
}
