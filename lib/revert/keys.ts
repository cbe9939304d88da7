import { keyword } from '../sql/cursor.js';
import { lex } from '../sql/lexer.js';
import { quoteName } from '../sql/names.js';
import type { Dissected, PartText } from '../table/dissect.js';
import { namesIn } from '../table/tokens.js';
import { type Matched, sameName } from './columns.js';
import type { Loss } from './loss.js';

/** Clauses that give the table the keys that it had. */
interface KeyClauses {
  drops: readonly string[];
  renames: readonly string[];
  adds: readonly string[];
  /** ALTER INDEX, for what is shown to the optimizer or not. */
  alters: readonly string[];
  /** Keys that are made anew. */
  added: readonly PartText[];
  /** Keys that stay, as they will be, in the order of now. */
  staying: readonly PartText[];
}

interface Fate {
  drop?: PartText;
  add?: PartText;
  rename?: { from: string; to: string };
  alter?: string;
  stays?: PartText;
}

/** @param matched columns: a key over one that only had another name is the same key */
export function keyClauses(
  before: readonly PartText[],
  after: readonly PartText[],
  matched: Matched,
): KeyClauses {
  // Servers find the columns of a key by the names of now, and may take one that comes back under such a name for one
  // that gets another (measured on MySQL 9.7 and MariaDB 10.11): such a key is made anew.
  // So is one over an expression that names a column which gets another name.
  const isBroken = ({ body }: PartText) =>
    matched.namesReturning(body) || (body.includes('((') && matched.renamed(body) !== body);
  const bodyOf = (key: PartText) => matched.renamed(key.body);
  const left = before.filter((key) => !after.some(({ name }) => sameName(name, key.name)));
  const fates = after.map((key): Fate => {
    const was = before.find(({ name }) => sameName(name, key.name));
    if (was === undefined) {
      const old = left.find(
        (each) => each.body === bodyOf(key) && !isBroken(each) && !isBroken(key) && each.name !== '',
      );
      if (old === undefined || key.name === '') return { drop: key };
      left.splice(left.indexOf(old), 1);
      return { rename: { from: key.name, to: old.name }, stays: old };
    }
    if (isBroken(was) || isBroken(key)) return { drop: key, add: was };
    const visibility = was.name === key.name ? visibilityOf(was.body, bodyOf(key)) : undefined;
    if (visibility !== undefined) return { alter: `${quoteName(key.name)} ${visibility}`, stays: was };
    if (was.body !== bodyOf(key)) return { drop: key, add: was };
    return { stays: was, ...(was.name !== key.name && { rename: { from: key.name, to: was.name } }) };
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
    added,
    staying: fates.flatMap(({ stays }) => stays ?? []),
  };
}

function dropOf({ name }: PartText): string {
  return name === '' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoteName(name)}`;
}

/** What ALTER INDEX has to say where two keys differ in nothing else. */
function visibilityOf(was: string, is: string): string | undefined {
  const [before, after] = [visible(was), visible(is)];
  if (before.rest !== after.rest || before.word === after.word) return undefined;
  if (before.word !== undefined) return before.word;
  return after.word === 'INVISIBLE' ? 'VISIBLE' : 'NOT IGNORED';
}

/** INVISIBLE on MySQL, IGNORED on MariaDB. */
function visible(body: string): { rest: string; word?: string } {
  const tokens = lex(body).filter(({ kind }) => kind !== 'code-open' && kind !== 'code-close');
  const found = tokens.find((token) => ['INVISIBLE', 'IGNORED'].includes(keyword(token) ?? ''));
  const rest = tokens.filter((token) => token !== found).map(({ text }) => text);
  const word = keyword(found);
  return { rest: rest.join(' '), ...(word !== undefined && { word }) };
}

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

/**
 * Keys that will not stand where they stood. A server lists keys by their kind, and those of a kind in the order in
 * which they were made (sql_table.cc, sort_keys); to give one its place back, others would have to be made anew.
 * @param keys as they will be, in the order of their making
 */
function keyOrder(before: Dissected, keys: readonly PartText[]): PartText[] {
  const kinds = new Map(before.keys.map((key) => [key, kindOf(key, before)]));
  const kindOrder = (a: PartText, b: PartText) => (kinds.get(a) ?? 0) - (kinds.get(b) ?? 0);
  const order = [...keys].sort(kindOrder);
  const was = [...before.keys].sort(kindOrder);
  return was.filter((key, at) => order[at] !== key);
}

function kindOf({ sql, body }: PartText, { columns }: Dissected): number {
  if (sql.startsWith('PRIMARY KEY ')) return 0;
  if (sql.startsWith('FULLTEXT KEY ')) return 6;
  const names = namesIn(body);
  const own = columns.filter(({ name }) => names.some((each) => sameName(each, name)));
  if (sql.startsWith('UNIQUE KEY ')) {
    if (own.every(({ nullable }) => !nullable) && !body.includes('((')) return 1;
    return /`\(\d+\)/.test(body) ? 3 : 2;
  }
  // MySQL alone lists those over computed values behind, and writes their expressions in two pairs of parentheses.
  const isComputed = own.some(({ generated, sql }) => generated === 'virtual' && sql.includes(' AS (('));
  return isComputed || body.includes('((') ? 5 : 4;
}
