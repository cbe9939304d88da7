import { readDefinition } from '../inspect/shape.js';
import type { Session } from '../mysql/session.js';
import type { PlannedStatement, PromisedDefinition } from '../plan/plan.js';
import { normalizeDefinition } from '../probe/definition.js';

/** What the table is, held against what the plan promised. */
export type DefinitionState =
  | { state: 'as-promised' }
  /** As it was before: nothing was done. */
  | { state: 'as-before' }
  | { state: 'different'; now: string }
  /** Changed or not: the plan made no promise (it was not probed). */
  | { state: 'changed' };

/** Reads the definition again, from the server, after every change: an exit code alone proves nothing. */
export async function verifyDefinition(
  session: Session,
  statement: PlannedStatement,
): Promise<DefinitionState> {
  const now = normalizeDefinition(await readDefinition(session, statement.table));
  const { before, after, ordered } = statement.promise;
  const viaGhost = statement.strategy === 'gh-ost';
  const same = (definition: string, inOrder: boolean) =>
    comparable(definition, inOrder, viaGhost) === comparable(now, inOrder, viaGhost);
  if (after !== undefined && same(after, ordered)) return { state: 'as-promised' };
  if (same(before, true)) return { state: 'as-before' };
  return after === undefined ? { state: 'changed' } : { state: 'different', now };
}

/**
 * gh-ost makes its table by CREATE TABLE … LIKE, which gives every CHECK a new name (MySQL manual, "CREATE
 * TABLE ... LIKE"): those names are not compared after a copy.
 */
function comparable(definition: string, ordered: boolean, viaGhost: boolean): string {
  const named = viaGhost ? definition.replace(/CONSTRAINT `(?:[^`]|``)+` CHECK /g, 'CHECK ') : definition;
  return ordered ? named : lines(named).sort().join('\n');
}

/**
 * What the real table's definition will be, from what the change did to its clone. A server may write the
 * definition of a new table a little differently from that of an old one (defaults made explicit, constraints
 * left out of the clone): then the same lines are taken out and put in, and their order is not promised.
 */
export function promise(
  original: string,
  cloneBefore: string,
  cloneAfter: string,
): Omit<PromisedDefinition, 'renames'> {
  const [before, was, is] = [original, cloneBefore, cloneAfter].map(normalizeDefinition) as [
    string,
    string,
    string,
  ];
  if (withoutHead(before) === withoutHead(was))
    return { before, after: headOf(before) + withoutHead(is), ordered: true };
  const [gone, come] = [minus(lines(was), lines(is)), minus(lines(is), lines(was))];
  const after = [headOf(before), ...minus(lines(withoutHead(before)), gone), ...come].join('\n');
  return { before, after, ordered: false };
}

const headOf = (definition: string) => definition.slice(0, definition.indexOf('('));
const withoutHead = (definition: string) => definition.slice(definition.indexOf('('));
const lines = (definition: string) => definition.split('\n').map((line) => line.replace(/,$/, ''));

function minus(from: readonly string[], what: readonly string[]): string[] {
  const left = [...what];
  return from.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
