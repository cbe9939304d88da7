import type { PromisedDefinition } from '../documents/plan.js';
import type { KeptTable, PlannedRecord } from '../documents/record.js';
import { isAtStatement } from '../engines/direct/statement.js';
import { isBusy } from '../engines/gh-ost/tables/lock.js';
import { withUnrecordedCutOvers } from '../engines/gh-ost/tables/unrecorded-cut-over.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { readProcesses } from '../mysql/processlist.js';
import { type Session, withSession } from '../mysql/session.js';
import { changedSince } from '../plan/earlier.js';
import type { Reverted } from '../plan/request.js';
import { findRun, type KnownRun } from '../runs/list.js';
import { addToRecord, lineOf } from '../runs/record.js';
import { refuseOtherServer } from '../runs/same-server.js';
import type { Settings } from '../settings/settings.js';
import { parseTexts } from '../sql/migration.js';
import { quoteTable, type TableName, tableLabel } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import { definitionHash, readNormalized, sameDefinition } from '../table/forms.js';
import { inverseOf } from './inverse.js';

/** What reverts a run: inverse statements, the last change first. */
export interface Way {
  statements: readonly Statement[];
  reverts: readonly Reverted[];
}

/**
 * Reads from a run's record what it has done, and finds the statements that revert it.
 * @throws {Fault} exit code 2 if there is no such run, 4 if something in it cannot be reverted, 10 if a table was changed
 * since
 */
export async function readReverted(
  { stateDir, connection }: Pick<Settings, 'stateDir' | 'connection'>,
  named: string | undefined,
): Promise<Way> {
  const recorded = await findRun(
    stateDir,
    named,
    ({ state, lines }) =>
      state === 'ended' && lines.some((line) => line.type === 'end' && line.outcome === 'done'),
    'run that has changed anything',
  );
  if (recorded.state === 'running')
    throw notReverted(recorded, 'it is still running', 'Stop it first: alterwise abort.');
  const texts: string[] = [];
  const reverts: Reverted[] = [];
  await withSession(connection, {}, async (session) => {
    await refuseOtherServer(session, recorded.begin);
    const found = await withUnrecordedCutOvers(session, recorded);
    // Its proof is gone once gh-ost has begun to put the old table back.
    for (const line of found.lines.slice(recorded.lines.length)) await addToRecord(stateDir, found.run, line);
    // What each table has to be before a statement is reverted: at first what it is now.
    const expected = new Map<string, string>();
    // Tables that a later statement has changed: an older old table lacks the writes made under that statement.
    const later = new Set<string>();
    for (const begun of begunOf(found).reverse()) {
      const { table, promise } = changeOf(found, begun);
      const label = tableLabel(table);
      const isFirst = !expected.has(label);
      const now = expected.get(label) ?? (await readNormalized(session, table)) ?? '';
      const is = stateOf(begun, promise, now, isFirst);
      if (begun.isInDoubt) {
        if (is === 'other' || (await isUnderWay(session, table))) throw inDoubt(found, begun);
        // It never ran.
        if (is === 'before') continue;
      }
      const kept = later.has(label) ? undefined : begun.swapped;
      later.add(label);
      // It is reverted already.
      if (is === 'before' || (isFirst && wasBefore(found, begun, now))) continue;
      if (is === 'other') {
        const next = 'Revert the later change first, or write a migration that reverts this one.';
        throw changedSince(`${label} was changed since run ${found.run}.`, next);
      }
      const renames = promise.renames.map(({ from, to }) => ({ from: to, to: from }));
      const { alter, losses, refused } = inverseOf(promise.before, now, renames);
      if (refused !== undefined) throw notReverted(found, `${label}: ${refused}`, byHand);
      expected.set(label, promise.before);
      if (alter === undefined) continue;
      texts.push(`ALTER TABLE ${quoteTable(table)} ${alter}`);
      reverts.push({ run: found.run, table, losses, ...(kept && { kept }) });
    }
  });
  if (texts.length === 0) {
    throw notReverted(recorded, 'none of its changes is there any more', 'There is nothing to revert.');
  }
  return { statements: parseTexts(texts, `the revert of run ${recorded.run}`), reverts };
}

const byHand = 'Write a migration that reverts it.';

/** A statement that was done, or whose outcome is unknown. */
interface Begun {
  index: number;
  planned: PlannedRecord;
  /** A hash of what the table was at its end. */
  definition?: string | undefined;
  /** The old table, if gh-ost has cut over. */
  swapped?: KeptTable | undefined;
  /** gh-ost was started; it may have been planned for another engine, which the server then refused. */
  isByGhost: boolean;
  /** The record does not say how it ended. */
  isInDoubt: boolean;
}

function begunOf({ begin, lines }: KnownRun): Begun[] {
  return begin.planned.flatMap((planned, index) => {
    const end = lineOf(lines, 'end', index);
    const swapped = lineOf(lines, 'swapped', index);
    const isByGhost = lines.some((line) => line.type === 'engine' && line.index === index);
    // alterwise died after the cut-over: whether the table is as promised is checked as for every other statement.
    const isSwapped = end === undefined && swapped !== undefined;
    const isStarted = lineOf(lines, 'start', index) !== undefined && !isSwapped;
    // The shadow table differed from the original: there was no cut-over.
    const isKept = isByGhost && swapped === undefined;
    const isInDoubt =
      isStarted &&
      (end === undefined || end.outcome === 'unknown' || (end.outcome === 'verification-failed' && !isKept));
    if (end?.outcome !== 'done' && !isSwapped && !isInDoubt) return [];
    return { index, planned, definition: end?.tables[0]?.definition, swapped, isByGhost, isInDoubt };
  });
}

/** An ALTER runs on after its client has died, and so does a gh-ost that was told to cut over. */
async function isUnderWay(session: Session, table: TableName): Promise<boolean> {
  const isAtTable = isAtStatement(`ALTER TABLE ${quoteTable(table)} `);
  return (await isBusy(session, table)) || (await readProcesses(session)).some(isAtTable);
}

function changeOf(run: KnownRun, begun: Begun) {
  const { table, promise, sql, verb } = begun.planned;
  if (table !== undefined && promise !== undefined) return { table, promise };
  if (begun.isInDoubt) throw inDoubt(run, begun);
  throw notReverted(run, `it did more than change tables: ${sql ?? verb}`, byHand);
}

function inDoubt(run: KnownRun, { planned: { sql, table }, index }: Begun): Fault {
  const what = sql ?? (table && tableLabel(table)) ?? `statement ${index + 1}`;
  return notReverted(
    run,
    `the outcome of a statement is unknown: ${what}`,
    'Look at SHOW CREATE TABLE. If a table beside it ends in _del, gh-ost has cut over and that is the old table. If a later run completed the change, revert that run first.',
  );
}

function notReverted({ run }: KnownRun, why: string, next: string): Fault {
  return new Fault(`Run ${run} cannot be reverted: ${why}.`, {
    id: 'not-reverted',
    exitCode: exitCodes.refused,
    next,
  });
}

/**
 * Which of the two the table is. That settles a statement whose end is unknown, unless gh-ost was at work: the table does
 * not show who cut over, nor whether every row was copied.
 */
function stateOf(
  { definition, isByGhost, isInDoubt }: Begun,
  { before, after, ordered }: PromisedDefinition,
  now: string,
  isLast: boolean,
): 'before' | 'after' | 'other' {
  // What an unprobed change has made of the table is in the record alone.
  const isAfter =
    after === undefined
      ? !isLast || definition === definitionHash(now)
      : after !== before && sameDefinition(after, now, ordered);
  if (isAfter) return isInDoubt && isByGhost ? 'other' : 'after';
  return isBefore({ before, ordered }, now) ? 'before' : 'other';
}

/** A reverted part may stand in another place than it did: a key that is built again is listed last. */
function isBefore({ before, ordered }: Pick<PromisedDefinition, 'before' | 'ordered'>, now: string): boolean {
  if (before === '' || now === '') return false;
  if (sameDefinition(before, now, ordered)) return true;
  const { alter, refused } = inverseOf(before, now, []);
  return alter === undefined && refused === undefined;
}

/** Whether a table is what it was before an earlier statement of the run: then this one is reverted as well. */
function wasBefore({ begin }: KnownRun, { planned, index }: Begun, now: string): boolean {
  const label = planned.table && tableLabel(planned.table);
  return begin.planned
    .slice(0, index)
    .some(
      ({ table, promise }) =>
        table !== undefined && tableLabel(table) === label && promise !== undefined && isBefore(promise, now),
    );
}
