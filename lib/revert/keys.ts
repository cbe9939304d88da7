import { isSameName, quoteName } from '../sql/names.js';
import { namesIn } from '../sql/tokens.js';
import type { Key } from '../table/parts.js';
import type { Matched } from './columns.js';
import { type Loss, losses } from './losses.js';

/**
 * Clauses that give the table the keys that it had.
 * @param matched columns: a key over one that only had another name is the same key
 * @returns `alters`: ALTER INDEX, for what the optimizer may use or not
 */
export function keyClauses(before: readonly Key[], after: readonly Key[], matched: Matched) {
  // Servers find the columns of a key by the names of now, and may take a column that comes back under such a name for one
  // that is renamed (measured on MySQL 9.7 and MariaDB 10.11): such a key is built again. So is one over an expression
  // that names a renamed column.
  const isBroken = ({ body, items }: Key) =>
    matched.namesReturning(body) ||
    (items.some(({ expression }) => expression !== undefined) && matched.renamed(body) !== body);
  const left = before.filter((key) => !after.some(({ name }) => isSameName(name, key.name)));
  const [drops, renames, alters]: [string[], string[], string[]] = [[], [], []];
  const again = new Set<Key>();
  for (const key of after) {
    const body = matched.renamed(key.body);
    const own = before.find(({ name }) => isSameName(name, key.name));
    const was = own ?? left.find((each) => each.body === body && each.name !== '' && key.name !== '');
    const isFit = was !== undefined && !isBroken(was) && !isBroken(key);
    if (isFit && was.body === body) {
      if (own === undefined) left.splice(left.indexOf(was), 1);
      if (was.name !== key.name) {
        renames.push(`RENAME INDEX ${quoteName(key.name)} TO ${quoteName(was.name)}`);
      }
    } else if (isFit && was.name === key.name && shown(was.body) === shown(body)) {
      const visible = key.hidden === 'INVISIBLE' ? 'VISIBLE' : 'NOT IGNORED';
      alters.push(`ALTER INDEX ${quoteName(key.name)} ${was.hidden ?? visible}`);
    } else {
      drops.push(key.name === '' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoteName(key.name)}`);
      if (own !== undefined) again.add(own);
    }
  }
  const added = before.filter((key) => again.has(key) || left.includes(key));
  const adds = added.map(({ sql }) => `ADD ${sql}`);
  return { drops, renames, adds, alters, losses: duplicates(before, after, matched, added) };
}

/** A key without what hides it from the optimizer. */
function shown(body: string): string {
  return body.replace(/ (?:\/\*!\d+ INVISIBLE \*\/|IGNORED)$/, '');
}

/** Rows that a unique key may refuse when it comes back. */
function duplicates(
  before: readonly Key[],
  after: readonly Key[],
  matched: Matched,
  added: readonly Key[],
): Loss[] {
  return before
    .filter(({ unique }) => unique)
    .filter((key) =>
      added.includes(key)
        ? !isAssured(key, after, matched) && !isFilledApart(key, matched)
        : comparesOtherwise(key, matched),
    )
    .map(({ name }) => losses.duplicates(name === '' ? 'the primary key' : name));
}

/** Rows that differ in fewer columns differ in more. */
function isAssured(key: Key, after: readonly Key[], { renamed }: Matched): boolean {
  const names = namesIn(key.body);
  return after.some((each) => {
    const isWhole = each.items.every(({ expression, hasPrefix }) => expression === undefined && !hasPrefix);
    const fewer = namesIn(renamed(each.body));
    return each.unique && isWhole && fewer.every((name) => names.some((own) => isSameName(own, name)));
  });
}

/** NULLs are equal to nothing, and AUTO_INCREMENT gives each row another number. */
function isFilledApart(key: Key, { gone }: Matched): boolean {
  return gone.some(
    ({ name, nullable, default: value, generated, autoIncrement }) =>
      namesIn(key.body).some((own) => isSameName(own, name)) &&
      (autoIncrement || (nullable && value === undefined && generated === undefined)),
  );
}

/** Values that differ by the collation of now may be equal by the one that comes back. */
function comparesOtherwise(key: Key, { kept }: Matched): boolean {
  return kept.some(
    ({ before, after }) =>
      (before.charset !== after.charset || before.collation !== after.collation) &&
      namesIn(key.body).some((own) => isSameName(own, before.name)),
  );
}
