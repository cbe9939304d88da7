import type { PlannedAlter, PromisedDefinition } from '../documents/plan.js';
import type { Session } from '../mysql/session.js';
import { partsOf, readTable, type TableDefinition } from '../table/definition.js';
import { asKept, normalizeDefinition, piecesOf, readNormalized, sameDefinition } from '../table/forms.js';
import { isSamePart, type Key, type Part } from '../table/parts.js';

/** What is there under the table's name now, compared with what the plan promised. */
export type TableState =
  | { state: 'as-promised' }
  /** As it was before: nothing was done. */
  | { state: 'as-before' }
  | { state: 'different'; now: string }
  /** Changed or not: the plan made no promise (it was not probed). */
  | { state: 'changed' }
  | { state: 'gone' };

/** Reads the definition again, from the server, after every change: an exit code alone proves nothing. */
export async function readTableState(session: Session, statement: PlannedAlter): Promise<TableState> {
  const now = await readNormalized(session, statement.table);
  if (now === undefined) return { state: 'gone' };
  const { before, after, ordered } = statement.promise;
  if (after !== undefined && sameDefinition(after, now, ordered)) return { state: 'as-promised' };
  // An earlier statement of the same plan may have taken such a key away.
  if (sameDefinition(before, now, true) || differsInServersKeys(before, before, now)) {
    return { state: 'as-before' };
  }
  if (after === undefined) return { state: 'changed' };
  return differsInServersKeys(before, after, now) ? { state: 'as-promised' } : { state: 'different', now };
}

/** Whether it is the table that the plan was made for; if the change keeps the definition, it cannot be told apart. */
export function isAsPlanned({ state }: TableState, { promise }: PlannedAlter): boolean {
  return state === 'as-before' || (state === 'as-promised' && promise.after === promise.before);
}

/**
 * What the real table's definition will be, from what the change did to its clone. A server may write the definition of a
 * new table a little differently from that of an old one, so what the change leaves alone is promised in the words of the
 * original. What the clone lacks (a clone beside the original has no foreign keys) is promised to stay, in any place.
 */
export function promise(
  original: string,
  cloneBefore: string,
  cloneAfter: string,
): Omit<PromisedDefinition, 'renames'> {
  const [were, was, is] = [original, cloneBefore, cloneAfter].map((text) =>
    readTable(normalizeDefinition(text)),
  );
  if (were === undefined || was === undefined || is === undefined) throw new Error('not a table');
  const find = ({ parts }: TableDefinition, part: Part) =>
    // A clone beside the original has other names for its CHECKs.
    parts.find((each) => isSamePart(each, part) || (each.what === 'check' && each.body === part.body));
  const kept = is.parts.map((part) =>
    find(was, part)?.sql === part.sql ? (find(were, part) ?? part) : part,
  );
  const uncloned = were.parts.filter((part) => find(was, part) === undefined);
  const isSameText = <T extends { text: string }>(a: T | undefined, b: T | undefined) => a?.text === b?.text;
  const { partitioning: _, ...rest } = is;
  const partitioning = isSameText(is.partitioning, was.partitioning) ? were.partitioning : is.partitioning;
  const after = {
    ...rest,
    head: is.head === was.head ? were.head : is.head,
    parts: [...kept, ...uncloned],
    options: isSameText(is.options, was.options) ? were.options : is.options,
    ...(partitioning && { partitioning }),
  };
  // A change that keeps the definition is recognized by the two being equal.
  return { before: asKept(were), after: asKept(after), ordered: uncloned.length === 0 };
}

/**
 * Whether a definition is the promised one except for keys that the server had made for foreign keys. It drops such a key
 * when another can serve, and makes the next one under the name of the next foreign key (MySQL 9.7 manual, "FOREIGN KEY
 * Constraints"). If a foreign key is added over columns that still have such a key, it makes the key again, after the
 * others. No server shows which keys these are, and a clone that was created from a text has none of them.
 */
function differsInServersKeys(before: string, after: string, now: string): boolean {
  const [were, promised, are] = [piecesOf(before), piecesOf(after), piecesOf(now)];
  const parts = partsOf(now);
  const foreignKeys = partsOf(now, 'foreign-key');
  const gone = promised.filter((sql) => !are.includes(sql));
  const added = are.filter((sql) => !promised.includes(sql));
  const plainKeys = [before, after, now].flatMap((text) => partsOf(text, 'key')).filter(isPlain);
  const isKey = (is: (key: Key) => boolean) => (sql: string) =>
    plainKeys.some((key) => key.sql === sql && is(key));
  if (gone.length === 0 && added.length === 0) {
    const isForForeignKey = isKey(({ items }) => {
      const columns = String(items.map(({ column }) => column));
      return foreignKeys.some((part) => String(part.columns) === columns);
    });
    const others = (pieces: readonly string[]) => pieces.filter((sql) => !isForForeignKey(sql)).join('\n');
    return others(promised) === others(are);
  }
  const isGoneForOther = isKey((key) => were.includes(key.sql) && parts.some((part) => servesFor(part, key)));
  const isMadeAgain = isKey(
    ({ itemsSql, name }) =>
      gone.some(isKey((key) => key.itemsSql === itemsSql)) && foreignKeys.some((part) => part.name === name),
  );
  return gone.length > 0 && gone.every(isGoneForOther) && added.every(isMadeAgain);
}

/** Such as a server makes for a foreign key: nothing but a list of columns. */
function isPlain({ body, itemsSql }: Key): boolean {
  return body === `KEY (${itemsSql})`;
}

/** A foreign key needs an index in which its columns come first, in their order. */
function servesFor(part: Part, key: Key): boolean {
  if (part.what !== 'key' && part.what !== 'primary-key') return false;
  if (part.type === 'FULLTEXT' || part.type === 'SPATIAL') return false;
  return part.itemsSql === key.itemsSql || part.itemsSql.startsWith(`${key.itemsSql},`);
}
