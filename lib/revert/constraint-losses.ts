import type { ConstraintClauses } from './constraints.js';
import type { PartText } from './dissect.js';
import type { Loss } from './loss.js';
import { type Matched, sameName } from './match-columns.js';
import { namesIn } from './tokens.js';

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
