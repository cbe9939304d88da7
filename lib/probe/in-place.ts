import type { ServerFacts } from '../inspect/server.js';
import { readDefinition, readShape } from '../inspect/shape.js';
import { isRefusal, mayBeInPlace, type ServerError } from '../mysql/errors.js';
import { nearest } from '../nearest.js';
import type { TableName } from '../plan/plan.js';
import { quoteName, quoteTable } from '../sql/quote.js';
import type { AlterStatement, Clause } from '../sql/statement.js';
import type { Scratch } from './scratch.js';

/** Whether one clause of a change is in place already. */
export type ClauseState =
  | { state: 'in-place'; clause: string; text: string }
  | { state: 'missing'; clause: string }
  | { state: 'conflict'; clause: string; text: string };

/**
 * Looks at each clause by itself, after the server has refused the whole because something exists already or
 * does not exist any more. What exists is dropped on the clone and made again by the clause: if the definition
 * is the same then, the clause is in place; if it is not, something else has the name.
 * @returns undefined where a clause is refused for a reason of its own, which is the whole's reason then
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
  const original = await readDefinition(scratch.session, clone);
  const error = await attempt(scratch, clone, clause.text);
  if (error === undefined) {
    return original === (await readDefinition(scratch.session, clone))
      ? { state: 'in-place', clause: clause.text, text: `${clause.text} changes nothing` }
      : { state: 'missing', clause: clause.text };
  }
  if (!mayBeInPlace(error)) return undefined;
  if (await isAbsent(error, statement, clause, scratch, clone)) {
    return { state: 'in-place', clause: clause.text, text: await absenceText(error, scratch, clone) };
  }
  if (obstacleOf(error, clause, server) === undefined) return undefined;
  const made = await makeAgain(scratch, server, clone, clause, error);
  if (made === undefined) return { state: 'conflict', clause: clause.text, text: error.message };
  const now = await readDefinition(scratch.session, clone);
  if (namesIn(now).some((name) => !namesIn(original).includes(name))) {
    return {
      state: 'conflict',
      clause: clause.text,
      text: `${error.message}, and the rest of the clause is not in place`,
    };
  }
  return made.every((isTheLine) => lineOf(original, isTheLine) === lineOf(now, isTheLine))
    ? {
        state: 'in-place',
        clause: clause.text,
        text: `what ${clause.text} makes is there, with this very definition`,
      }
    : { state: 'conflict', clause: clause.text, text: `${error.message}, and it is defined differently` };
}

/** Recognises the line of SHOW CREATE TABLE that defines one column, key or constraint. */
type LineTest = (line: string) => boolean;

/** What a definition names: its columns, keys and constraints. */
function namesIn(definition: string): string[] {
  return [...definition.matchAll(/^ {2}(?:[A-Z]+ )*`((?:[^`]|``)+)`/gm)].map((match) => match[0]);
}

function lineOf(definition: string, isTheLine: LineTest): string | undefined {
  return definition.split('\n').find(isTheLine)?.replace(/,$/, '');
}

async function attempt(scratch: Scratch, clone: TableName, spec: string): Promise<ServerError | undefined> {
  try {
    await scratch.session.execute(`ALTER TABLE ${quoteTable(clone)} ${spec}`);
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

/** 1091, 3940, 3821, 1176: a DROP of what is not there. 1054: a rename whose old name is gone and new one is there. */
async function isAbsent(
  error: ServerError,
  statement: AlterStatement,
  clause: Clause,
  scratch: Scratch,
  clone: TableName,
): Promise<boolean> {
  if ([1091, 3940, 3821].includes(error.errno)) return clause.head[0] === 'DROP';
  if (clause.head[0] === 'RENAME' && (error.errno === 1176 || error.errno === 1054)) {
    const { columns, indexes } = await readShape(scratch.session, clone);
    const names = new Set([...columns, ...indexes].map(({ name }) => name.toLowerCase()));
    const rename = statement.renames.find(
      ({ from, to }) => clause.text.includes(from) && clause.text.includes(to),
    );
    const to = rename?.to ?? lastName(clause.text);
    return to !== undefined && names.has(to.toLowerCase());
  }
  return false;
}

function lastName(text: string): string | undefined {
  const quoted = /`((?:[^`]|``)+)`\s*$/.exec(text)?.[1]?.replaceAll('``', '`');
  return quoted ?? /([\w$\u0080-\uffff]+)\s*$/u.exec(text)?.[1];
}

async function absenceText(error: ServerError, scratch: Scratch, clone: TableName): Promise<string> {
  const { columns, indexes } = await readShape(scratch.session, clone);
  const missing = quotedIn(error.message) ?? '';
  const near = nearest(
    missing,
    [...columns, ...indexes].map(({ name }) => name),
  );
  const hint = near.length > 0 ? ` (the table has ${near.join(', ')})` : '';
  return `there is no ${missing} any more${hint}`;
}

/** At most as many columns or keys as one clause can add. */
const most = 64;

/**
 * Takes away what is in the way, one name at a time, until the clause goes through.
 * @returns how to find the lines that the clause has made again; undefined where something else forbids it
 */
async function makeAgain(
  scratch: Scratch,
  server: ServerFacts,
  clone: TableName,
  clause: Clause,
  first: ServerError,
): Promise<LineTest[] | undefined> {
  const made: LineTest[] = [];
  let error: ServerError | undefined = first;
  for (let n = 0; n < most && error !== undefined; n++) {
    const obstacle = obstacleOf(error, clause, server);
    if (obstacle === undefined) return undefined;
    made.push(obstacle.isTheLine);
    // A table whose AUTO_INCREMENT column has lost its key is refused, so a key goes and comes in one statement.
    if (obstacle.together)
      return (await attempt(scratch, clone, `${obstacle.drop}, ${clause.text}`)) ? undefined : made;
    if (await attempt(scratch, clone, obstacle.drop)) return undefined;
    error = await attempt(scratch, clone, clause.text);
  }
  return error === undefined ? made : undefined;
}

interface InTheWay {
  drop: string;
  isTheLine: LineTest;
  together?: true;
}

function obstacleOf(error: ServerError, clause: Clause, server: ServerFacts): InTheWay | undefined {
  const primary = (line: string) => line.startsWith('  PRIMARY KEY ');
  if (error.errno === 1068) return { drop: 'DROP PRIMARY KEY', isTheLine: primary, together: true };
  const name = quotedIn(error.message) ?? constraintName(clause);
  if (name === undefined) return undefined;
  const quoted = quoteName(name);
  const constraint = (line: string) => line.startsWith(`  CONSTRAINT ${quoted} `);
  switch (error.errno) {
    case 1060:
      return { drop: `DROP COLUMN ${quoted}`, isTheLine: (line) => line.startsWith(`  ${quoted} `) };
    case 1061:
      return {
        drop: `DROP INDEX ${quoted}`,
        isTheLine: (line) => line.includes(`KEY ${quoted} (`),
        together: true,
      };
    case 3822:
      return { drop: `DROP CHECK ${quoted}`, isTheLine: constraint };
    case 1005:
    case 1826:
    case 121: {
      const isCheck = server.flavor === 'mariadb' && clause.head.includes('CHECK');
      return { drop: `DROP ${isCheck ? 'CONSTRAINT' : 'FOREIGN KEY'} ${quoted}`, isTheLine: constraint };
    }
    default:
      return undefined;
  }
}

/** MariaDB says 1005 (errno 121) without the constraint's name: it stands in the clause. */
function constraintName(clause: Clause): string | undefined {
  const name = /CONSTRAINT\s+(?:`((?:[^`]|``)+)`|([\w$]+))/i.exec(clause.text);
  return name?.[1]?.replaceAll('``', '`') ?? name?.[2];
}

/** The name in a message of the server: `Duplicate column name 'a'`, ``Can't DROP INDEX `k`; check that it exists``. */
function quotedIn(message: string): string | undefined {
  const match = /(?<![A-Za-z])'([^']+)'|`([^`]+)`/.exec(message);
  return match?.[1] ?? match?.[2];
}
