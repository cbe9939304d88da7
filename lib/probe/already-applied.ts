import type { ServerFacts } from '../inspect/server.js';
import { mayBeInPlace, type ServerError } from '../mysql/errors.js';
import { lex } from '../sql/lexer.js';
import { escapeRegExp, quoteName } from '../sql/names.js';
import type { AlterStatement, Clause } from '../sql/statement.js';
import { findWords, keyword, nameOf } from '../sql/tokens.js';
import { partsOf } from '../table/definition.js';
import { comparable, piecesOf } from '../table/forms.js';
import { isSamePart, type Part } from '../table/parts.js';
import { readDefinition, readShape } from '../table/shape.js';
import { nearest } from '../text/nearest.js';
import type { Scratch } from './scratch.js';
import { attempt } from './trial.js';

/** Whether one clause of a change is in place already. */
export type ClauseState =
  | { state: 'in-place'; clause: string; text: string }
  | { state: 'missing'; clause: string }
  /** `errno` is that of the server, if it refused the clause. */
  | { state: 'conflict'; clause: string; text: string; errno?: number };

/**
 * Looks at each clause by itself, after the server has refused the statement because something exists already or no longer
 * exists. What exists is dropped on the clone, and the clause adds it again: if the definition is the same then, the
 * clause is in place; if not, something else has the name.
 * @returns undefined if a clause is refused for another reason, which is that of the whole statement
 */
export async function clauseStates(
  scratch: Scratch,
  server: ServerFacts,
  statement: AlterStatement,
): Promise<ClauseState[] | undefined> {
  const states: ClauseState[] = [];
  for (const clause of statement.clauses) {
    const state = await clauseState(scratch, server, statement, clause);
    if (state === undefined) return undefined;
    states.push(state);
  }
  return states;
}

async function clauseState(
  scratch: Scratch,
  server: ServerFacts,
  { renames }: AlterStatement,
  clause: Clause,
): Promise<ClauseState | undefined> {
  const clone = await scratch.fresh();
  const look = async () => comparable(await readDefinition(scratch.session, clone));
  const inPlace = (text: string) => ({ state: 'in-place', clause: clause.text, text }) as const;
  const conflict = (text: string, by?: ServerError) =>
    ({ state: 'conflict', clause: clause.text, text, ...(by && { errno: by.errno }) }) as const;
  const original = await look();
  const was = partsOf(original);
  const done = afterRename(clause, renames, was);
  const error = await attempt(scratch, done ?? clause.text);
  if (error === undefined) {
    const now = await look();
    if (original === now) return inPlace(`${clause.text} changes nothing`);
    if (done !== undefined) return conflict(`${clause.text} is in place, with another definition`);
    const [there] = duplicates(original, now, [clause.text]);
    return there === undefined ? { state: 'missing', clause: clause.text } : inPlace(there);
  }
  if (!mayBeInPlace(error)) return undefined;
  const { columns, indexes } = await readShape(scratch.session, clone);
  const names = [...columns, ...indexes].map(({ name }) => name.toLowerCase());
  if (isAbsent(error, clause, names)) return inPlace(absenceText(error, names));
  if (inTheWay(error, clause, server) === undefined) return undefined;
  const made = await makeAgain(scratch, server, clause, error);
  if (made === undefined) return conflict(error.message, error);
  const is = partsOf(await look());
  if (is.some((part) => find(was, part) === undefined)) {
    return conflict(`${error.message}, and the rest of the clause is missing`, error);
  }
  return made.every((part) => find(was, part)?.body === find(is, part)?.body)
    ? inPlace(`what ${clause.text} adds is in place, with exactly this definition`)
    : conflict(`${error.message}, and it is defined differently`, error);
}

type PartName = Pick<Part, 'what' | 'name'>;

function find(parts: readonly Part[], part: PartName): Part | undefined {
  return parts.find((other) => isSamePart(other, part));
}

/** A CHANGE of a column that has its new name already, written for that name. */
function afterRename(
  { head, text }: Clause,
  renames: AlterStatement['renames'],
  parts: readonly Part[],
): string | undefined {
  const tokens = lex(text);
  const old = tokens[keyword(tokens[1]) === 'COLUMN' ? 2 : 1];
  if (head[0] !== 'CHANGE' || old === undefined) return undefined;
  const rename = renames.find(({ from }) => from === nameOf(old));
  const has = (name: string) => find(parts, { what: 'column', name }) !== undefined;
  if (rename === undefined || has(rename.from) || !has(rename.to)) return undefined;
  return `${text.slice(0, old.start)}${quoteName(rename.to)}${text.slice(old.end)}`;
}

/** 1091, 3940, 3821: a DROP of what does not exist. 1176, 1054: a rename whose old name is gone and whose new one exists. */
function isAbsent({ errno }: ServerError, { head, text }: Clause, names: readonly string[]): boolean {
  if ([1091, 3940, 3821].includes(errno)) return head[0] === 'DROP';
  if (head[0] !== 'RENAME' || (errno !== 1176 && errno !== 1054)) return false;
  const to = lex(text).at(-1);
  return to !== undefined && names.includes(nameOf(to)?.toLowerCase() ?? '');
}

function absenceText({ message }: ServerError, names: readonly string[]): string {
  const missing = quotedIn(message) ?? '';
  const near = nearest(missing, names);
  return `${missing} no longer exists${near.length > 0 ? ` (the table has ${near.join(', ')})` : ''}`;
}

/** At most as many columns or keys as one clause can add. */
const most = 64;

/**
 * Drops what is in the way, one name at a time, until the server takes the clause.
 * @returns what the clause has added again; undefined if something else forbids it
 */
async function makeAgain(
  scratch: Scratch,
  server: ServerFacts,
  clause: Clause,
  first: ServerError,
): Promise<PartName[] | undefined> {
  const made: PartName[] = [];
  let error: ServerError | undefined = first;
  while (error !== undefined && made.length < most) {
    const obstacle = inTheWay(error, clause, server);
    if (obstacle === undefined) return undefined;
    made.push(obstacle);
    // An AUTO_INCREMENT column may not be without a key, so a key is dropped and added in one statement.
    if (obstacle.what === 'key' || obstacle.what === 'primary-key') {
      return (await attempt(scratch, `${obstacle.drop}, ${clause.text}`)) ? undefined : made;
    }
    if (await attempt(scratch, obstacle.drop)) return undefined;
    error = await attempt(scratch, clause.text);
  }
  return error === undefined ? made : undefined;
}

/** What keeps a clause from being applied because it exists already; undefined if the error has another cause. */
function inTheWay(
  { errno, message }: ServerError,
  { head, text }: Clause,
  server: ServerFacts,
): (PartName & { drop: string }) | undefined {
  const named = (what: Part['what'], drop: string, name: string | undefined) =>
    name === undefined ? undefined : { what, name, drop: `${drop} ${quoteName(name)}` };
  if (errno === 1068) return { what: 'primary-key', name: '', drop: 'DROP PRIMARY KEY' };
  if (errno === 1060) return named('column', 'DROP COLUMN', quotedIn(message));
  if (errno === 1061) return named('key', 'DROP INDEX', quotedIn(message));
  if (errno === 3822) return named('check', 'DROP CHECK', quotedIn(message));
  // MySQL 5.7 (1022) and MariaDB do not name the constraint; the clause does.
  const tokens = lex(text);
  const token = tokens[(findWords(tokens, 'CONSTRAINT') ?? tokens.length) + 1];
  const name = token && nameOf(token);
  return server.flavor === 'mariadb' && head.includes('CHECK')
    ? named('check', 'DROP CONSTRAINT', name)
    : named('foreign-key', 'DROP FOREIGN KEY', name);
}

/** The name in a message of the server: `Duplicate column name 'a'`, ``Can't DROP INDEX `k`; check that it exists``. */
function quotedIn(message: string): string | undefined {
  const match = /(?<![A-Za-z])'([^']+)'|`([^`]+)`/.exec(message);
  return match?.[1] ?? match?.[2];
}

/**
 * An index or constraint that a clause adds without a name gets one from the server, and a second run would add it again
 * under another. If nothing else has changed, it is in place already.
 * @param clauses those of the statement
 * @returns what is in place, by its name; empty if the statement changed anything else
 */
export function duplicates(before: string, after: string, clauses: readonly string[]): string[] {
  const [was, is] = [piecesOf(before), piecesOf(after)];
  const added = partsOf(after).filter(({ sql }) => !was.includes(sql));
  if (is.length !== was.length + added.length || was.some((piece) => !is.includes(piece))) return [];
  const found = added.map((part) => {
    const twin = partsOf(before).find(({ what, body }) => what === part.what && body === part.body);
    const isNamed = part.what === 'column' || clauses.some((clause) => names(clause, part.name));
    return isNamed || twin === undefined ? undefined : `${part.body} is there, as ${twin.name}`;
  });
  return found.every((text) => text !== undefined) ? found : [];
}

/** Whether the clause itself gives the name: `ADD INDEX k (a)`, `ADD CONSTRAINT c CHECK (…)`. */
function names(clause: string, name: string): boolean {
  const literal = escapeRegExp(name);
  return new RegExp(
    `\\b(?:INDEX|KEY|UNIQUE|FULLTEXT|SPATIAL|EXISTS|CONSTRAINT)\\s+(?:\`${literal}\`|${literal}(?![\\w$]))`,
    'iu',
  ).test(clause);
}
