import type { PromisedDefinition } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import { definitionHash } from '../runs/definitions.js';
import { lineOf } from '../runs/line-of.js';
import type { KnownRun } from '../runs/list.js';
import type { PlannedRecord } from '../runs/record.js';
import { sameDefinition } from '../verify/definition.js';
import { inverseOf } from './inverse.js';

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
