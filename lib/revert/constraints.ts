import { quoteName } from '../sql/names.js';
import type { PartText } from '../table/dissect.js';
import { namesIn } from '../table/tokens.js';
import { type Matched, sameName } from './columns.js';
import type { Loss } from './loss.js';

/** Clauses that give the table the constraints that it had. */
interface ConstraintClauses {
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

/** Rows that a constraint which comes back may refuse. */
export function constraintLosses(
  foreignKeys: ConstraintClauses,
  checks: ConstraintClauses,
  matched: Matched,
): Loss[] {
  return [
    ...foreignKeys.added
      .filter((key) => !isFilledWithNull(key, matched))
      .map(({ name }) => ({
        id: 'orphans',
        text: `Rows without a parent by the foreign key ${name} make the statement fail.`,
      })),
    ...checks.added
      .filter(({ body }) => !/ NOT ENFORCED\b/.test(body))
      .map(({ name }) => ({
        id: 'check-violated',
        text: `Rows that break the rule ${name} make the statement fail.`,
      })),
    ...checks.otherwiseNamed.map(({ before, after }) => ({
      id: 'check-name',
      text: `The rule ${before.name} is called ${after.name}, and keeps that name.`,
    })),
  ];
}

/** A column that comes back with NULL refers to no parent. */
function isFilledWithNull({ body }: PartText, { gone }: Matched): boolean {
  const [, own = ''] = /^CONSTRAINT {2}FOREIGN KEY \((.*?)\) REFERENCES /.exec(body) ?? [];
  return gone.some(
    ({ name, nullable, default: value, generated }) =>
      nullable &&
      value === undefined &&
      generated === undefined &&
      namesIn(own).some((each) => sameName(each, name)),
  );
}
