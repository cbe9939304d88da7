import type { PromisedDefinition } from '../documents/plan.js';
import type { PlannedRecord } from '../documents/record.js';
import { isAtStatement } from '../engines/direct/statement.js';
import { isBusy } from '../engines/gh-ost/tables/lock.js';
import { withUnrecordedCutOvers } from '../engines/gh-ost/tables/unrecorded-cut-over.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { readProcesses } from '../mysql/processlist.js';
import { type Session, withSession } from '../mysql/session.js';
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
    for (const { planned, index } of [...begunOf(found)].reverse()) {
      const { table, promise } = changeOf(found, planned, index);
      const label = tableLabel(table);
      const now = expected.get(label) ?? (await readNormalized(session, table)) ?? '';
      const is = stateOf(found, index, promise, now, !expected.has(label));
      if (isInDoubt(found, index)) {
        if (is === 'other' || (await isUnderWay(session, table))) throw inDoubt(found, index);
        // It never ran.
        if (is === 'before') continue;
      }
      const isKept = !later.has(label);
      later.add(label);
      // It is reverted already.
      if (is === 'before' || (!expected.has(label) && wasBefore(found, index, now))) continue;
      if (is === 'other') throw changedSince(found, label);
      const renames = promise.renames.map(({ from, to }) => ({ from: to, to: from }));
      const { alter, losses, refused } = inverseOf(promise.before, now, renames);
      if (refused !== undefined) throw notReverted(found, `${label}: ${refused}`, byHand);
      expected.set(label, promise.before);
      if (alter === undefined) continue;
      texts.push(`ALTER TABLE ${quoteTable(table)} ${alter}`);
      const kept = isKept ? keptOf(found, index) : undefined;
      reverts.push({ run: found.run, table, losses, ...(kept && { kept }) });
    }
  });
  if (texts.length === 0) {
    throw notReverted(recorded, 'none of its changes is there any more', 'There is nothing to revert.');
  }
  return { statements: parseTexts(texts, `the revert of run ${recorded.run}`), reverts };
}

const byHand = 'Write a migration that reverts it.';

/** An ALTER runs on after its client has died, and so does a gh-ost that was told to cut over. */
async function isUnderWay(session: Session, table: TableName): Promise<boolean> {
  const isAtTable = isAtStatement(`ALTER TABLE ${quoteTable(table)} `);
  return (await isBusy(session, table)) || (await readProcesses(session)).some(isAtTable);
}

function inDoubt(run: KnownRun, index: number): Fault {
  const { sql, table } = run.begin.planned[index] ?? {};
  const what = sql ?? (table && tableLabel(table)) ?? `statement ${index + 1}`;
  return notReverted(
    run,
    `the outcome of a statement is unknown: ${what}`,
    'Look at SHOW CREATE TABLE. If a table beside it ends in _del, gh-ost has cut over and that is the old table. If a later run completed the change, revert that run first.',
  );
}

function changeOf(run: KnownRun, { table, promise, sql, verb }: PlannedRecord, index: number) {
  if (table !== undefined && promise !== undefined) return { table, promise };
  if (isInDoubt(run, index)) throw inDoubt(run, index);
  throw notReverted(run, `it did more than change tables: ${sql ?? verb}`, byHand);
}

function keptOf({ lines }: KnownRun, index: number) {
  const swapped = lineOf(lines, 'swapped', index);
  if (swapped === undefined) return undefined;
  const { oldTable, createdAt, coordinates } = swapped;
  return {
    oldTable,
    ...(createdAt !== undefined && { createdAt }),
    ...(coordinates !== undefined && { coordinates }),
  };
}

function notReverted({ run }: KnownRun, why: string, next: string): Fault {
  return new Fault(`Run ${run} cannot be reverted: ${why}.`, {
    id: 'not-reverted',
    exitCode: exitCodes.refused,
    next,
  });
}

function changedSince({ run }: KnownRun, table: string): Fault {
  return new Fault(`${table} was changed since run ${run}.`, {
    id: 'changed-since',
    exitCode: exitCodes.drifted,
    next: 'Revert the later change first, or write a migration that reverts this one.',
  });
}

/** Statements that were done, or whose outcome is unknown. */
function begunOf(run: KnownRun): { planned: PlannedRecord; index: number }[] {
  return run.begin.planned.flatMap((planned, index) => {
    const isDone = lineOf(run.lines, 'end', index)?.outcome === 'done' || isSwapped(run, index);
    return isDone || isInDoubt(run, index) ? [{ planned, index }] : [];
  });
}

/** alterwise died after the cut-over: whether the table is as promised is checked as for every other statement. */
function isSwapped({ lines }: KnownRun, index: number): boolean {
  return lineOf(lines, 'end', index) === undefined && lineOf(lines, 'swapped', index) !== undefined;
}

/** Whether the record does not say how a statement ended. */
function isInDoubt(run: KnownRun, index: number): boolean {
  const { lines } = run;
  if (lineOf(lines, 'start', index) === undefined || isSwapped(run, index)) return false;
  const outcome = lineOf(lines, 'end', index)?.outcome;
  // The shadow table differed from the original: there was no cut-over.
  const isKept = isByGhost(run, index) && lineOf(lines, 'swapped', index) === undefined;
  return outcome === undefined || outcome === 'unknown' || (outcome === 'verification-failed' && !isKept);
}

/**
 * Which of the two the table is. That settles a statement whose end is unknown, unless gh-ost was at work: the table does
 * not show who cut over, nor whether every row was copied.
 */
function stateOf(
  run: KnownRun,
  index: number,
  { before, after, ordered }: PromisedDefinition,
  now: string,
  isLast: boolean,
): 'before' | 'after' | 'other' {
  const isAfter =
    after === undefined
      ? !isLast || isAsRecorded(run, index, now)
      : after !== before && sameDefinition(after, now, ordered);
  if (isAfter) return isInDoubt(run, index) && isByGhost(run, index) ? 'other' : 'after';
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
function wasBefore({ begin: { planned } }: KnownRun, index: number, now: string): boolean {
  const of = planned[index]?.table;
  return planned
    .slice(0, index)
    .some(
      ({ table, promise }) =>
        of !== undefined &&
        table !== undefined &&
        tableLabel(table) === tableLabel(of) &&
        promise !== undefined &&
        isBefore(promise, now),
    );
}

/** What an unprobed change has made of the table is in the record alone. */
function isAsRecorded({ lines }: KnownRun, index: number, now: string): boolean {
  return lineOf(lines, 'end', index)?.tables[0]?.definition === definitionHash(now);
}

/** It may have been planned for another engine, which the server then refused. */
function isByGhost({ lines }: KnownRun, index: number): boolean {
  return lines.some((line) => line.type === 'engine' && line.index === index);
}
