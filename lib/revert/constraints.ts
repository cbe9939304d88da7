import { quoteName } from '../sql/quote.js';
import type { PartText } from './dissect.js';
import { type Matched, sameName } from './match-columns.js';

/** Clauses that give the table the constraints that it had. */
export interface ConstraintClauses {
  drops: readonly string[];
  adds: readonly string[];
  /** Those of them that rows may break. */
  added: readonly PartText[];
  /** Those that are the same under another name, which they keep. */
  otherwiseNamed: readonly { before: PartText; after: PartText }[];
  /** Those that have changed under the same name. */
  changed: readonly PartText[];
}

/**
 * A CHECK that names a column which gets another name is written anew (see `isUnchanged`); foreign keys follow by
 * themselves.
 */
export function constraintClauses(
  before: readonly PartText[],
  after: readonly PartText[],
  { renamed, namesReturning }: Matched,
  kind: keyof typeof drops,
): ConstraintClauses {
  // As with keys, a column that comes back under the name of another is not mistaken for it.
  const bodyOf = ({ body }: PartText) => (namesReturning(body) ? '' : renamed(body));
  const find = (was: PartText) => after.find(({ name }) => sameName(name, was.name));
  const isNew = (is: PartText) => !before.some(({ name }) => sameName(name, is.name));
  const twins = before.flatMap((was) => {
    // A copy of a table by CREATE TABLE … LIKE has other names for every CHECK (MySQL manual, "CREATE TABLE ... LIKE"),
    // and to give one its name back copies the table again.
    const is = after.find((each) => each.body === was.body && bodyOf(each) === was.body && isNew(each));
    const isTwin = kind === 'check' && find(was) === undefined && is !== undefined;
    return isTwin ? [{ before: was, after: is }] : [];
  });
  const isSame = (was: PartText) => {
    const is = find(was);
    return is !== undefined && bodyOf(is) === was.body;
  };
  const isKept = (was: PartText) =>
    isSame(was)
      ? kind === 'foreign-key' || find(was)?.body === was.body
      : twins.some((twin) => twin.before === was);
  const anew = before.filter((was) => !isKept(was));
  const kept = before.flatMap((was) => (isKept(was) ? (find(was) ?? []) : []));
  const dropped = after.filter((is) => !kept.includes(is) && !twins.some((twin) => twin.after === is));
  const added = anew.filter((was) => !isSame(was));
  return {
    drops: dropped.map(({ name }) => `${drops[kind]} ${quoteName(name)}`),
    adds: anew.map(({ sql }) => `ADD ${sql}`),
    added,
    otherwiseNamed: twins,
    changed: added.filter((was) => find(was) !== undefined),
  };
}

/** DROP CONSTRAINT is what both MySQL (8.0.19) and MariaDB know. */
const drops = { 'foreign-key': 'DROP FOREIGN KEY', check: 'DROP CONSTRAINT' };
