import { quoteName } from '../sql/names.js';
import type { Key } from '../table/parts.js';
import { namesIn } from '../table/tokens.js';
import { type Matched, sameName } from './columns.js';
import { type Loss, losses } from './losses.js';

/** Clauses that give the table the keys that it had. */
interface KeyClauses {
  drops: readonly string[];
  renames: readonly string[];
  adds: readonly string[];
  /** ALTER INDEX, for what the optimizer may use or not. */
  alters: readonly string[];
  losses: readonly Loss[];
}

/** What becomes of a key of now. */
interface Fate {
  drop?: Key;
  add?: Key;
  rename?: { from: string; to: string };
  alter?: string;
}

/** @param matched columns: a key over one that only had another name is the same key */
export function keyClauses(before: readonly Key[], after: readonly Key[], matched: Matched): KeyClauses {
  // Servers find the columns of a key by the names of now, and may take a column that comes back under such a name for one
  // that is renamed (measured on MySQL 9.7 and MariaDB 10.11): such a key is built again. So is one over an expression
  // that names a renamed column.
  const isBroken = ({ body, items }: Key) =>
    matched.namesReturning(body) ||
    (items.some(({ expression }) => expression !== undefined) && matched.renamed(body) !== body);
  const bodyOf = (key: Key) => matched.renamed(key.body);
  const left = before.filter((key) => !after.some(({ name }) => sameName(name, key.name)));
  const fates = after.map((key): Fate => {
    const was = before.find(({ name }) => sameName(name, key.name));
    if (was === undefined) {
      const old = left.find(
        (each) => each.body === bodyOf(key) && !isBroken(each) && !isBroken(key) && each.name !== '',
      );
      if (old === undefined || key.name === '') return { drop: key };
      left.splice(left.indexOf(old), 1);
      return { rename: { from: key.name, to: old.name } };
    }
    if (isBroken(was) || isBroken(key)) return { drop: key, add: was };
    const isSame = was.body === bodyOf(key);
    if (!isSame && was.name === key.name && shown(was.body) === shown(bodyOf(key))) {
      const visible = key.hidden === 'INVISIBLE' ? 'VISIBLE' : 'NOT IGNORED';
      return { alter: `${quoteName(key.name)} ${was.hidden ?? visible}` };
    }
    if (!isSame) return { drop: key, add: was };
    return was.name === key.name ? {} : { rename: { from: key.name, to: was.name } };
  });
  const again = new Set(fates.flatMap(({ add }) => add ?? []));
  const added = before.filter((key) => again.has(key) || left.includes(key));
  return {
    drops: fates.flatMap(({ drop }) => (drop === undefined ? [] : [dropOf(drop)])),
    renames: fates.flatMap(({ rename }) =>
      rename === undefined ? [] : [`RENAME INDEX ${quoteName(rename.from)} TO ${quoteName(rename.to)}`],
    ),
    adds: added.map(({ sql }) => `ADD ${sql}`),
    alters: fates.flatMap(({ alter }) => (alter === undefined ? [] : [`ALTER INDEX ${alter}`])),
    losses: duplicates(before, after, matched, added),
  };
}

function dropOf({ name }: Key): string {
  return name === '' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoteName(name)}`;
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
    return each.unique && isWhole && fewer.every((name) => names.some((own) => sameName(own, name)));
  });
}

/** NULLs are equal to nothing, and AUTO_INCREMENT gives each row another number. */
function isFilledApart(key: Key, { gone }: Matched): boolean {
  return gone.some(
    ({ name, nullable, default: value, generated, autoIncrement }) =>
      namesIn(key.body).some((own) => sameName(own, name)) &&
      (autoIncrement || (nullable && value === undefined && generated === undefined)),
  );
}

/** Values that differ by the collation of now may be equal by the one that comes back. */
function comparesOtherwise(key: Key, { kept }: Matched): boolean {
  return kept.some(
    ({ before, after }) =>
      (before.charset !== after.charset || before.collation !== after.collation) &&
      namesIn(key.body).some((own) => sameName(own, before.name)),
  );
}
