import type { ServerFacts } from '../inspect/server.js';
import { mayBeInPlace, type ServerError } from '../mysql/errors.js';
import { quoteName, quoteTable, type TableName } from '../sql/names.js';
import type { AlterStatement, Clause, DeclaredRename } from '../sql/statement.js';
import { partsOf } from '../table/definition.js';
import { comparable } from '../table/forms.js';
import { isSamePart, type Part } from '../table/parts.js';
import { readDefinition, readShape } from '../table/shape.js';
import { nearest } from '../text/nearest.js';
import { alterSql, attempt, duplicates } from './ladder.js';
import type { Scratch } from './scratch.js';

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
  statement: AlterStatement,
  clause: Clause,
): Promise<ClauseState | undefined> {
  const clone = await scratch.fresh();
  const original = comparable(await readDefinition(scratch.session, clone));
  const inPlace = (text: string) => ({ state: 'in-place', clause: clause.text, text }) as const;
  const conflict = (text: string, errno?: number) =>
    ({ state: 'conflict', clause: clause.text, text, ...(errno !== undefined && { errno }) }) as const;
  const done = afterRename(clause, statement.renames, partsOf(original));
  const error = await attempt(scratch, alterSql(quoteTable(clone), undefined, done ?? clause.text));
  if (error === undefined) {
    const now = comparable(await readDefinition(scratch.session, clone));
    if (original === now) return inPlace(`${clause.text} changes nothing`);
    if (done !== undefined) return conflict(`${clause.text} is in place, with another definition`);
    const [there] = duplicates(original, now, [clause.text]);
    return there === undefined ? { state: 'missing', clause: clause.text } : inPlace(there);
  }
  if (!mayBeInPlace(error)) return undefined;
  if (await isAbsent(error, clause, scratch, clone)) return inPlace(await absenceText(error, scratch, clone));
  if (inTheWay(error, clause, server) === undefined) return undefined;
  const made = await makeAgain(scratch, server, clone, clause, error);
  if (made === undefined) return conflict(error.message, error.errno);
  const now = comparable(await readDefinition(scratch.session, clone));
  const [was, is] = [partsOf(original), partsOf(now)];
  if (is.some((part) => find(was, part) === undefined))
    return conflict(`${error.message}, and the rest of the clause is missing`, error.errno);
  return made.every((part) => find(was, part)?.body === find(is, part)?.body)
    ? inPlace(`what ${clause.text} adds is in place, with exactly this definition`)
    : conflict(`${error.message}, and it is defined differently`, error.errno);
}

function find(parts: readonly Part[], part: Pick<Part, 'what' | 'name'>): Part | undefined {
  return parts.find((other) => isSamePart(other, part));
}

/** A CHANGE of a column that has its new name already, written for that name. */
function afterRename(
  { head, text }: Clause,
  renames: readonly DeclaredRename[],
  parts: readonly Part[],
): string | undefined {
  if (head[0] !== 'CHANGE') return undefined;
  const [, start = '', quoted, bare] =
    /^(CHANGE\s+(?:COLUMN\s+)?)(?:`((?:[^`]|``)+)`|([^\s`]+))/i.exec(text) ?? [];
  const from = quoted?.replaceAll('``', '`') ?? bare;
  const rename = renames.find((each) => each.from === from);
  const has = (name: string) => find(parts, { what: 'column', name }) !== undefined;
  if (rename === undefined || has(rename.from) || !has(rename.to)) return undefined;
  const written = start.length + (quoted === undefined ? (bare ?? '') : `\`${quoted}\``).length;
  return `${start}${quoteName(rename.to)}${text.slice(written)}`;
}

/** 1091, 3940, 3821: a DROP of what does not exist. 1176, 1054: a rename whose old name is gone and whose new one exists. */
async function isAbsent(
  error: ServerError,
  clause: Clause,
  scratch: Scratch,
  clone: TableName,
): Promise<boolean> {
  if ([1091, 3940, 3821].includes(error.errno)) return clause.head[0] === 'DROP';
  if (clause.head[0] !== 'RENAME' || (error.errno !== 1176 && error.errno !== 1054)) return false;
  const to = lastName(clause.text);
  return to !== undefined && (await namesOf(scratch, clone)).includes(to.toLowerCase());
}

async function namesOf({ session }: Scratch, clone: TableName): Promise<string[]> {
  const { columns, indexes } = await readShape(session, clone);
  return [...columns, ...indexes].map(({ name }) => name.toLowerCase());
}

function lastName(text: string): string | undefined {
  const quoted = /`((?:[^`]|``)+)`\s*$/.exec(text)?.[1]?.replaceAll('``', '`');
  return quoted ?? /([\w$\u0080-\uffff]+)\s*$/u.exec(text)?.[1];
}

async function absenceText(error: ServerError, scratch: Scratch, clone: TableName): Promise<string> {
  const missing = quotedIn(error.message) ?? '';
  const near = nearest(missing, await namesOf(scratch, clone));
  const hint = near.length > 0 ? ` (the table has ${near.join(', ')})` : '';
  return `${missing} no longer exists${hint}`;
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
  clone: TableName,
  clause: Clause,
  first: ServerError,
): Promise<Pick<Part, 'what' | 'name'>[] | undefined> {
  const made: Pick<Part, 'what' | 'name'>[] = [];
  let error: ServerError | undefined = first;
  for (let n = 0; n < most && error !== undefined; n++) {
    const obstacle = inTheWay(error, clause, server);
    if (obstacle === undefined) return undefined;
    made.push(obstacle);
    if (obstacle.together)
      return (await attempt(
        scratch,
        alterSql(quoteTable(clone), undefined, `${obstacle.drop}, ${clause.text}`),
      ))
        ? undefined
        : made;
    if (await attempt(scratch, alterSql(quoteTable(clone), undefined, obstacle.drop))) return undefined;
    error = await attempt(scratch, alterSql(quoteTable(clone), undefined, clause.text));
  }
  return error === undefined ? made : undefined;
}

/** What keeps a clause from being applied because it exists already. */
interface InTheWay extends Pick<Part, 'what' | 'name'> {
  drop: string;
  /** An AUTO_INCREMENT column may not be without a key, so a key is dropped and added in one statement. */
  together?: true;
}

/** @returns undefined if the error has another cause */
function inTheWay(error: ServerError, clause: Clause, server: ServerFacts): InTheWay | undefined {
  switch (error.errno) {
    case 1068:
      return { what: 'primary-key', name: '', drop: 'DROP PRIMARY KEY', together: true };
    case 1060:
      return named('column', 'DROP COLUMN', quotedIn(error.message));
    case 1061: {
      const key = named('key', 'DROP INDEX', quotedIn(error.message));
      return key && { ...key, together: true };
    }
    case 3822:
      return named('check', 'DROP CHECK', quotedIn(error.message));
    default: {
      // MySQL 5.7 (1022) and MariaDB do not name the constraint; the clause does.
      const isCheck = server.flavor === 'mariadb' && clause.head.includes('CHECK');
      return isCheck
        ? named('check', 'DROP CONSTRAINT', constraintName(clause))
        : named('foreign-key', 'DROP FOREIGN KEY', constraintName(clause));
    }
  }
}

function named(what: Part['what'], drop: string, name: string | undefined): InTheWay | undefined {
  return name === undefined ? undefined : { what, name, drop: `${drop} ${quoteName(name)}` };
}

function constraintName({ text }: Clause): string | undefined {
  const [, quoted, bare] = /\bCONSTRAINT\s+(?:`((?:[^`]|``)+)`|([\w$\u0080-\uffff]+))/iu.exec(text) ?? [];
  return quoted?.replaceAll('``', '`') ?? bare;
}

/** The name in a message of the server: `Duplicate column name 'a'`, ``Can't DROP INDEX `k`; check that it exists``. */
function quotedIn(message: string): string | undefined {
  const match = /(?<![A-Za-z])'([^']+)'|`([^`]+)`/.exec(message);
  return match?.[1] ?? match?.[2];
}
