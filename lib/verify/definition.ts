import type { PlannedAlter, PromisedDefinition } from '../documents/plan.js';
import { isUnknownDatabase, isUnknownTable } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { linesOf, normalizeDefinition, type Part, partOf } from '../table/definition.js';
import { readDefinition } from '../table/shape.js';

/** What the table is, held against what the plan promised. */
type DefinitionState =
  | { state: 'as-promised' }
  /** As it was before: nothing was done. */
  | { state: 'as-before' }
  | { state: 'different'; now: string }
  /** Changed or not: the plan made no promise (it was not probed). */
  | { state: 'changed' };

/** Reads the definition again, from the server, after every change: an exit code alone proves nothing. */
export async function verifyDefinition(session: Session, statement: PlannedAlter): Promise<DefinitionState> {
  const now = normalizeDefinition(await readDefinition(session, statement.table));
  const { before, after, ordered } = statement.promise;
  if (after !== undefined && sameDefinition(after, now, ordered)) return { state: 'as-promised' };
  // An earlier statement of the same plan may have taken such a key away.
  if (sameDefinition(before, now, true) || differsInServersKeys(before, before, now)) {
    return { state: 'as-before' };
  }
  if (after === undefined) return { state: 'changed' };
  return differsInServersKeys(before, after, now) ? { state: 'as-promised' } : { state: 'different', now };
}

/** @param ordered false: their lines may stand in another order */
export function sameDefinition(one: string, other: string, ordered: boolean): boolean {
  return comparable(one, ordered) === comparable(other, ordered);
}

/**
 * gh-ost makes its table by CREATE TABLE … LIKE, which gives every CHECK a new name (MySQL manual, "CREATE
 * TABLE ... LIKE"): those names are not compared, neither after a copy nor by a later statement of the same run.
 */
function comparable(definition: string, ordered: boolean): string {
  const all = linesOf(definition.replace(/CONSTRAINT `(?:[^`]|``)+` CHECK /g, 'CHECK '));
  return (ordered ? all : all.sort()).join('\n');
}

/**
 * What the real table's definition will be, from what the change did to its clone. A server may write the
 * definition of a new table a little differently from that of an old one: what the change leaves alone is promised
 * in the words of the original. Where the clone lacks something (a clone beside the original has no foreign keys),
 * it is promised to stay, but its place is not.
 */
export function promise(
  original: string,
  cloneBefore: string,
  cloneAfter: string,
): Omit<PromisedDefinition, 'renames'> {
  const [were, was, is] = [original, cloneBefore, cloneAfter].map((text) =>
    linesOf(normalizeDefinition(text)),
  ) as [string[], string[], string[]];
  const wordsOf = new Map(were.map((line) => [subject(line), line]));
  const untouched = new Set(was);
  const kept = is.map((line) => (untouched.has(line) ? (wordsOf.get(subject(line)) ?? line) : line));
  const cloned = new Set(was.map(subject));
  const uncloned = were.filter((line) => !cloned.has(subject(line)));
  // Both without commas: a change that keeps the definition is told by the two being equal.
  const [before, after] = [were, [...kept, ...uncloned]].map((all) => all.join('\n')) as [string, string];
  return { before, after, ordered: uncloned.length === 0 };
}

/** What a line is about: the table, a column, a key, a constraint, the options. */
function subject(line: string): string {
  const part = partOf(line);
  if (part !== undefined) return `${part.what} ${part.name}`;
  return /^(?:CREATE TABLE|\))/.exec(line)?.[0] ?? line;
}

/**
 * Whether a definition is the promised one but for keys that the server had made for foreign keys. It drops such a key
 * where another can serve, and makes the next one under the name of the next foreign key (MySQL 9.7 manual, "FOREIGN KEY
 * Constraints"). Where a foreign key comes to columns that have such a key still, it makes the key anew, after the others.
 * Which keys these are can be read nowhere, and a clone that was made from a text has none of them.
 */
function differsInServersKeys(before: string, after: string, now: string): boolean {
  const [were, promised, are] = [before, after, now].map(linesOf) as [string[], string[], string[]];
  const gone = promised.filter((line) => !are.includes(line)).map(plainKey);
  const come = are.filter((line) => !promised.includes(line)).map(plainKey);
  const parts = are.flatMap((line) => partOf(line) ?? []);
  if (gone.length === 0 && come.length === 0) {
    const others = (lines: string[]) =>
      lines.filter((line) => !isForForeignKey(plainKey(line), parts)).join('\n');
    return others(promised) === others(are);
  }
  const isGoneForOther = (key: PlainKey | undefined) =>
    key !== undefined && were.includes(key.line) && parts.some((part) => servesFor(part, key));
  const isMadeAnew = (key: PlainKey | undefined) =>
    key !== undefined &&
    gone.some((one) => one?.columns === key.columns) &&
    parts.some(({ what, name }) => what === 'constraint' && name === key.name);
  return gone.length > 0 && gone.every(isGoneForOther) && come.every(isMadeAnew);
}

interface PlainKey {
  line: string;
  name: string;
  columns: string;
}

function plainKey(line: string): PlainKey | undefined {
  const part = partOf(line);
  const columns = part && columnsOf(part);
  if (part === undefined || columns === undefined || !part.body.startsWith('KEY ')) return undefined;
  return { line, name: part.name, columns };
}

function isForForeignKey(key: PlainKey | undefined, parts: readonly Part[]): boolean {
  return key !== undefined && parts.some(({ body }) => body.includes(`FOREIGN KEY (${key.columns}) `));
}

/** A foreign key wants an index in which its columns come first, in their order. */
function servesFor(part: Part, key: PlainKey): boolean {
  const columns = columnsOf(part);
  return columns === key.columns || columns?.startsWith(`${key.columns},`) === true;
}

function columnsOf({ body }: Part): string | undefined {
  return /^ *(?:PRIMARY |UNIQUE )?KEY +\((.*)\)$/.exec(body)?.[1];
}

/** What stands there by the table's name now. */
export type TableState = DefinitionState | { state: 'gone' };

export async function readTableState(session: Session, statement: PlannedAlter): Promise<TableState> {
  try {
    return await verifyDefinition(session, statement);
  } catch (error) {
    if (isUnknownTable(error) || isUnknownDatabase(error)) return { state: 'gone' };
    throw error;
  }
}

/** Whether it is the table that the plan was made for; a change that keeps the definition cannot tell. */
export function isAsPlanned({ state }: TableState, { promise }: PlannedAlter): boolean {
  return state === 'as-before' || (state === 'as-promised' && promise.after === promise.before);
}
