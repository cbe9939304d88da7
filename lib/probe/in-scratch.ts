import { quoteName } from '../sql/quote.js';
import type { AlterStatement, Clause } from '../sql/statement.js';

/**
 * The change as a clone in a schema of its own takes it: REFERENCES other.parent would reach, and lock, the real
 * parent, so the schema is left out; the parent's clone stands beside that of the table.
 */
export function inScratch(statement: AlterStatement): AlterStatement {
  let start = 0;
  const clauses = statement.clauses.map((clause) => {
    const local = withLocalReferences(clause, statement.references, start);
    start += clause.text.length + separator.length;
    return local;
  });
  return { ...statement, clauses, spec: clauses.map(({ text }) => text).join(separator) };
}

/** Between the clauses of a spec. */
const separator = ', ';

function withLocalReferences(
  clause: Clause,
  references: AlterStatement['references'],
  start: number,
): Clause {
  const inside = references.filter(
    (reference) => reference.start >= start && reference.end <= start + clause.text.length,
  );
  const text = inside.reduceRight(
    (sql, reference) =>
      sql.slice(0, reference.start - start) + quoteName(reference.table) + sql.slice(reference.end - start),
    clause.text,
  );
  return { ...clause, text };
}
