import { quoteName } from '../sql/quote.js';
import type { PartText } from './dissect.js';
import { type Matched, sameName } from './match-columns.js';

/** Clauses that give the table the constraints that it had. */
export interface ConstraintClauses {
  drops: readonly string[];
  adds: readonly string[];
  added: readonly PartText[];
  /** Those that are the same under another name, which they keep. */
  otherwiseNamed: readonly { before: PartText; after: PartText }[];
  /** Those that have changed under the same name. */
  changed: readonly PartText[];
}

/**
 * @param drop what stands in front of a name: `DROP FOREIGN KEY`, or `DROP CONSTRAINT`, which MySQL 8.0.19 and MariaDB
 * know
 * @param byName whether two that differ in their names only are two: a copy of a table by CREATE TABLE … LIKE gives
 * every CHECK a new name (MySQL manual, "CREATE TABLE ... LIKE"), and to give it back the old one copies the table
 */
export function constraintClauses(
  before: readonly PartText[],
  after: readonly PartText[],
  { renamed }: Matched,
  { drop, byName }: { drop: string; byName: boolean },
): ConstraintClauses {
  const bodyOf = ({ body }: PartText) => renamed(body);
  const find = (was: PartText) => after.find(({ name }) => sameName(name, was.name));
  const twins = byName ? [] : before.flatMap((was) => twinOf(was) ?? []);
  function twinOf(was: PartText) {
    const is = after.find(
      (each) => bodyOf(each) === was.body && !before.some(({ name }) => sameName(name, each.name)),
    );
    return find(was) === undefined && is !== undefined ? { before: was, after: is } : undefined;
  }
  const isKept = (was: PartText) => {
    const is = find(was);
    return (is && bodyOf(is) === was.body) || twins.some((twin) => twin.before === was);
  };
  const added = before.filter((was) => !isKept(was));
  const kept = before.flatMap((was) => (isKept(was) ? (find(was) ?? []) : []));
  const dropped = after.filter((is) => !kept.includes(is) && !twins.some((twin) => twin.after === is));
  return {
    drops: dropped.map(({ name }) => `${drop} ${quoteName(name)}`),
    adds: added.map(({ sql }) => `ADD ${sql}`),
    added,
    otherwiseNamed: twins,
    changed: added.filter((was) => find(was) !== undefined),
  };
}
