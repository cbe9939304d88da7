import { quoteName } from '../sql/names.js';
import type { CheckConstraint, ForeignKey } from '../table/parts.js';
import { type Matched, sameName } from './columns.js';
import { type Loss, losses } from './losses.js';

type Constraint = ForeignKey | CheckConstraint;

/** Clauses that give the table the constraints of one kind that it had. */
interface ConstraintClauses {
  drops: readonly string[];
  adds: readonly string[];
  losses: readonly Loss[];
  /** Those that have changed under the same name. */
  changed: readonly Constraint[];
}

/**
 * A CHECK that names a renamed column is written again (see `isUnchanged`); the server adjusts foreign keys by itself.
 * A copy of a table by CREATE TABLE … LIKE has other names for every CHECK (MySQL manual, "CREATE TABLE ... LIKE"): they
 * stay, since giving one its name back would copy the table again.
 */
export function constraintClauses(
  before: readonly Constraint[],
  after: readonly Constraint[],
  matched: Matched,
): ConstraintClauses {
  // As with keys, a column that comes back under the name of another is not mistaken for it.
  const bodyOf = ({ body }: Constraint) => (matched.namesReturning(body) ? '' : matched.renamed(body));
  const find = (was: Constraint) => after.find(({ name }) => sameName(name, was.name));
  const twins = new Map(
    before.flatMap((was) => {
      const twin = after.find(
        (is) =>
          is.what === 'check' &&
          is.body === was.body &&
          bodyOf(is) === was.body &&
          !before.some(({ name }) => sameName(name, is.name)),
      );
      return twin === undefined || find(was) !== undefined ? [] : [[was, twin] as const];
    }),
  );
  const isSame = (was: Constraint, is = find(was)) => is !== undefined && bodyOf(is) === was.body;
  const isKept = (was: Constraint) =>
    twins.has(was) || (isSame(was) && (was.what === 'foreign-key' || find(was)?.body === was.body));
  const kept = before.filter(isKept).map((was) => twins.get(was) ?? find(was));
  const again = before.filter((was) => !isKept(was));
  const added = again.filter((was) => !isSame(was));
  return {
    drops: after
      .filter((is) => !kept.includes(is))
      // DROP CONSTRAINT for a CHECK is what both MySQL (8.0.19) and MariaDB know.
      .map(({ what, name }) => `DROP ${what === 'check' ? 'CONSTRAINT' : 'FOREIGN KEY'} ${quoteName(name)}`),
    adds: again.map(({ sql }) => `ADD ${sql}`),
    losses: [
      ...added.flatMap((was) => refusal(was, matched)),
      ...[...twins].map(([was, is]) => losses.checkName(was.name, is.name)),
    ],
    changed: added.filter((was) => find(was) !== undefined),
  };
}

/** Rows that a constraint may refuse when it comes back. */
function refusal(constraint: Constraint, { gone }: Matched): Loss[] {
  const { name } = constraint;
  if (constraint.what === 'check') {
    return constraint.enforced ? [losses.checkViolated(`the CHECK ${name}`)] : [];
  }
  // A column that comes back with NULL refers to no parent.
  const isNull = gone.some(
    (column) =>
      column.nullable &&
      column.default === undefined &&
      column.generated === undefined &&
      constraint.columns.some((each) => sameName(each, column.name)),
  );
  return isNull ? [] : [losses.orphans(name)];
}
