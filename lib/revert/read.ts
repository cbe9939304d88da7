import type { PromisedDefinition } from '../documents/plan.js';
import type { PlannedRecord } from '../documents/record.js';
import { isAtStatement } from '../engines/direct/watcher.js';
import { isBusy, withUnrecordedSwaps } from '../engines/gh-ost/tables/unrecorded-swap.js';
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

/** What it takes to take a run back: inverse statements, the last change first. */
export interface Way {
  statements: readonly Statement[];
  reverts: readonly Reverted[];
}

/**
 * Reads from a run's record what it has done, and finds the statements that take it back.
 * @throws {Fault} exit code 2 where there is no such run, 4 where something in it cannot be taken back, 10 where a table
 * was changed since
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
  if (recorded.state === 'running') throw notReverted(recorded, 'it goes on', 'alterwise abort stops it.');
  const texts: string[] = [];
  const reverts: Reverted[] = [];
  await withSession(connection, {}, async (session) => {
    await refuseOtherServer(session, recorded.begin);
    const found = await withUnrecordedSwaps(session, recorded);
    // Its proof is gone once gh-ost has begun to swap back.
    for (const line of found.lines.slice(recorded.lines.length)) await addToRecord(stateDir, found.run, line);
    // What the table has to be before a statement is taken back: at first what it is now.
    const expected = new Map<string, string>();
    // Tables that a later statement has changed: an original from before that has not what was written under it.
    const later = new Set<string>();
    for (const { planned, index } of [...begunOf(found)].reverse()) {
      const { table, promise } = changeOf(found, planned, index);
      const label = tableLabel(table);
      const now = expected.get(label) ?? (await readNormalized(session, table)) ?? '';
      const is = stateOf(found, index, promise, now, !expected.has(label));
      if (isInDoubt(found, index)) {
        if (is === 'other' || (await isUnderWay(session, table))) throw inDoubt(found, index);
        // It was never done.
        if (is === 'before') continue;
      }
      const isKept = !later.has(label);
      later.add(label);
      // It is taken back already.
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
    throw notReverted(recorded, 'nothing of what it changed is there', 'There is nothing to take back.');
  }
  return { statements: parseTexts(texts, `the revert of run ${recorded.run}`), reverts };
}

const byHand = 'Take that back by hand, in a migration of its own.';

/** A server ends an ALTER all the same where its client has died, and so does a gh-ost that was told to swap. */
async function isUnderWay(session: Session, table: TableName): Promise<boolean> {
  const isAtTable = isAtStatement(`ALTER TABLE ${quoteTable(table)} `);
  return (await isBusy(session, table)) || (await readProcesses(session)).some(isAtTable);
}

/** Where it is not known what became of a statement, it cannot be known what takes it back. */
function inDoubt(run: KnownRun, index: number): Fault {
  const { sql, table } = run.begin.planned[index] ?? {};
  const what = sql ?? (table && tableLabel(table)) ?? `statement ${index + 1}`;
  return notReverted(
    run,
    `what became of it is not known for sure: ${what}`,
    'Look at SHOW CREATE TABLE. A table beside it that ends in _del is the original, if gh-ost has swapped the tables. Where a later run has ended the change, take that back first.',
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
  return new Fault(`Run ${run} cannot be taken back: ${why}.`, {
    id: 'not-reverted',
    exitCode: exitCodes.refused,
    next,
  });
}

function changedSince({ run }: KnownRun, table: string): Fault {
  return new Fault(`${table} is not what run ${run} made of it: it was changed since.`, {
    id: 'changed-since',
    exitCode: exitCodes.drifted,
    next: 'Take the later change back first, or make a statement of your own.',
  });
}

/** What became of the statements of a run, by its record and by what the tables are now. */

export interface Begun {
  planned: PlannedRecord;
  index: number;
}

/** Statements that were done, or of which it is not known. */
export function begunOf(run: KnownRun): Begun[] {
  return run.begin.planned.flatMap((planned, index) => {
    const isDone = lineOf(run.lines, 'end', index)?.outcome === 'done' || isSwapped(run, index);
    return isDone || isInDoubt(run, index) ? [{ planned, index }] : [];
  });
}

/** alterwise died behind the swap: what is left to prove is that the table is the promised one, as for all others. */
function isSwapped({ lines }: KnownRun, index: number): boolean {
  return lineOf(lines, 'end', index) === undefined && lineOf(lines, 'swapped', index) !== undefined;
}

/** Whether the record does not tell what became of a statement. */
export function isInDoubt(run: KnownRun, index: number): boolean {
  const { lines } = run;
  if (lineOf(lines, 'start', index) === undefined || isSwapped(run, index)) return false;
  const outcome = lineOf(lines, 'end', index)?.outcome;
  // gh-ost's copy was not the original: nothing was swapped.
  const isKept = isByGhost(run, index) && lineOf(lines, 'swapped', index) === undefined;
  return outcome === undefined || outcome === 'unknown' || (outcome === 'verification-failed' && !isKept);
}

/**
 * Which of the two the table is. Of a statement whose end is not known the table tells: but not who has swapped it, nor
 * whether every row got into a copy.
 */
export function stateOf(
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

/** What a statement takes back may stand in another place than it did: a key that is made anew stands last. */
function isBefore({ before, ordered }: Pick<PromisedDefinition, 'before' | 'ordered'>, now: string): boolean {
  if (before === '' || now === '') return false;
  if (sameDefinition(before, now, ordered)) return true;
  const { alter, refused } = inverseOf(before, now, []);
  return alter === undefined && refused === undefined;
}

/** Whether a table is what it was before an earlier statement of the run: then this one is taken back as well. */
export function wasBefore({ begin: { planned } }: KnownRun, index: number, now: string): boolean {
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

/**
 * What a change that was not probed has made of the table stands in the record alone; where it is not there either, nobody
 * can tell.
 */
function isAsRecorded({ lines }: KnownRun, index: number, now: string): boolean {
  return lineOf(lines, 'end', index)?.tables[0]?.definition === definitionHash(now);
}

/** It may have been planned as something else, which the server then refused. */
function isByGhost({ lines }: KnownRun, index: number): boolean {
  return lines.some((line) => line.type === 'engine' && line.index === index);
}
