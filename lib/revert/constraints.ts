import { isSameName, quoteName } from '../sql/names.js';
import type { CheckConstraint, ForeignKey } from '../table/parts.js';
import type { Matched } from './columns.js';
import { type Loss, losses } from './losses.js';

/** Clauses that give the table the constraints of one kind that it had. */
interface ConstraintClauses {
  drops: readonly string[];
  adds: readonly string[];
  losses: readonly Loss[];
}

/**
 * Where a column was renamed, the server adjusts foreign keys by itself.
 * @returns `changed`: one that would have to be dropped and added under its own name
 */
export function foreignKeyClauses(
  before: readonly ForeignKey[],
  after: readonly ForeignKey[],
  { namesReturning, renamed, gone }: Matched,
): ConstraintClauses & { changed?: string | undefined } {
  const find = (was: ForeignKey) => after.find(({ name }) => isSameName(name, was.name));
  // A column that comes back under the name of another is not mistaken for it.
  const isKept = (was: ForeignKey) => {
    const body = find(was)?.body;
    return body !== undefined && !namesReturning(body) && renamed(body) === was.body;
  };
  const kept = before.filter(isKept).map(find);
  const added = before.filter((was) => !isKept(was));
  // A column that comes back with NULL refers to no parent.
  const nulls = gone.filter(
    (column) => column.nullable && column.default === undefined && column.generated === undefined,
  );
  const isNull = ({ columns }: ForeignKey) =>
    nulls.some(({ name }) => columns.some((each) => isSameName(each, name)));
  return {
    drops: after.filter((is) => !kept.includes(is)).map(({ name }) => `DROP FOREIGN KEY ${quoteName(name)}`),
    adds: added.map(({ sql }) => `ADD ${sql}`),
    losses: added.filter((key) => !isNull(key)).map(({ name }) => losses.orphans(name)),
    changed: added.find((was) => find(was) !== undefined)?.name,
  };
}

/**
 * A CHECK that names a renamed column is written again (see `isUnchanged`). A copy of a table by CREATE TABLE … LIKE has
 * other names for every CHECK (MySQL manual, "CREATE TABLE ... LIKE"): they stay, since giving one its name back would
 * copy the table again.
 */
export function checkClauses(
  before: readonly CheckConstraint[],
  after: readonly CheckConstraint[],
  { namesReturning, renamed }: Matched,
): ConstraintClauses {
  const means = ({ body }: CheckConstraint) => (namesReturning(body) ? '' : renamed(body));
  const left = after.filter((is) => means(is) === is.body);
  const added: CheckConstraint[] = [];
  const names: Loss[] = [];
  const isNamed = (list: readonly CheckConstraint[], wanted: string) =>
    list.some(({ name }) => isSameName(name, wanted));
  for (const was of before) {
    const same = left.filter(({ body }) => body === was.body);
    const is =
      same.find(({ name }) => isSameName(name, was.name)) ?? same.find(({ name }) => !isNamed(before, name));
    if (is === undefined || (isNamed(after, was.name) && !isSameName(is.name, was.name))) {
      added.push(was);
      continue;
    }
    left.splice(left.indexOf(is), 1);
    if (!isSameName(is.name, was.name)) names.push(losses.checkName(was.name, is.name));
  }
  const dropped = after.filter((is) => means(is) !== is.body || left.includes(is));
  const isNew = (was: CheckConstraint) => !after.some((is) => means(is) === was.body);
  return {
    // DROP CONSTRAINT for a CHECK is what both MySQL (8.0.19) and MariaDB know.
    drops: dropped.map(({ name }) => `DROP CONSTRAINT ${quoteName(name)}`),
    adds: added.map(({ sql }) => `ADD ${sql}`),
    losses: [
      ...added
        .filter((was) => was.enforced && isNew(was))
        .map(({ name }) => losses.checkViolated(`the CHECK ${name}`)),
      ...names,
    ],
  };
}
