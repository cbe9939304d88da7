import { keyword } from '../sql/cursor.js';
import { lex } from '../sql/lexer.js';
import { quoteName } from '../sql/quote.js';
import type { PartText } from './dissect.js';
import { type Matched, sameName } from './match-columns.js';

/** Clauses that give the table the keys that it had. */
export interface KeyClauses {
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
