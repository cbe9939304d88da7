import type { Dissected, PartText } from './dissect.js';
import { keyOrder } from './key-order.js';
import type { KeyClauses } from './keys.js';
import type { Loss } from './loss.js';
import { type Matched, sameName } from './match-columns.js';
import { namesIn } from './tokens.js';

/** Rows that a key which comes back may refuse. */
export function keyLosses(
  before: Dissected,
  after: Dissected,
  matched: Matched,
  { added, staying }: KeyClauses,
): Loss[] {
  const unique = before.keys.filter(isUnique);
  const anew = unique.filter(
    (key) => added.includes(key) && !isAssured(key, after, matched) && !isFilledApart(key, matched),
  );
  const compared = unique.filter((key) => !added.includes(key) && comparesOtherwise(key, matched));
  const order = keyOrder(before, [...staying, ...added]);
  return [
    ...[...anew, ...compared].map((key) => ({
      id: 'duplicates',
      text: `Rows that are equal by ${labelOf(key)} make the statement fail.`,
    })),
    ...(order.length === 0
      ? []
      : [
          {
            id: 'key-order',
            text: `${order.map(labelOf).join(', ')} ${order.length === 1 ? 'stands' : 'stand'} at another place in the list of indexes.`,
          },
        ]),
  ];
}

function isUnique({ sql }: PartText): boolean {
  return sql.startsWith('PRIMARY KEY ') || sql.startsWith('UNIQUE KEY ');
}

function labelOf({ name }: PartText): string {
  return name === '' ? 'the primary key' : name;
}

/** Rows that differ in fewer columns differ in more. */
function isAssured(key: PartText, after: Dissected, { renamed }: Matched): boolean {
  const names = namesIn(key.body);
  return after.keys.some((each) => {
    const isWhole = !/`\(\d+\)|\(\(/.test(each.body);
    const fewer = namesIn(renamed(each.body));
    return isUnique(each) && isWhole && fewer.every((name) => names.some((own) => sameName(own, name)));
  });
}

/** NULLs are equal to nothing, and numbers are given one by one. */
function isFilledApart(key: PartText, { gone }: Matched): boolean {
  return gone.some(
    ({ name, nullable, default: value, generated, numbered }) =>
      namesIn(key.body).some((own) => sameName(own, name)) &&
      (numbered || (nullable && value === undefined && generated === undefined)),
  );
}

/** Values that differ by the collation of now may be equal by the one that comes back. */
function comparesOtherwise(key: PartText, { kept }: Matched): boolean {
  return kept.some(
    ({ before, after }) =>
      (before.charset !== after.charset || before.collation !== after.collation) &&
      namesIn(key.body).some((own) => sameName(own, before.name)),
  );
}
