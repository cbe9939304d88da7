import { readDefinition } from '../inspect/shape.js';
import type { Session } from '../mysql/session.js';
import type { PlannedAlter, PromisedDefinition } from '../plan/plan.js';
import { normalizeDefinition } from '../probe/definition.js';
import { linesOf, partOf } from '../probe/definition-lines.js';
import { differsInServersKeys } from './servers-keys.js';

/** What the table is, held against what the plan promised. */
export type DefinitionState =
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
