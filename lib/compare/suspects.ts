import { setTimeout as sleep } from 'node:timers/promises';
import { fromTable } from '../rows/parts.js';
import type { Reader } from '../rows/reader.js';
import { shown } from '../rows/tally.js';
import type { Place, Walk } from '../rows/walk.js';
import type { Side } from './sides.js';

/** Rows of one side that differed when they were read. */
export interface Suspicion {
  side: Side;
  row: Walk;
  suspects: readonly Suspect[];
}

/** A row that stays different, by its key. */
export interface Difference {
  what: Side['what'];
  /** `id=5` */
  key: string;
}

interface Settled {
  differences: readonly Difference[];
  /** Keys of rows that were written at each look: nothing can be said of them. */
  restless: readonly string[];
  /** How often a row was looked at again. */
  looks: number;
}

/** Marks that the copy has to pass while a row is neither written nor equal. */
const marksWanted = 3;
/** So many looks have to see the same row: with a writer that changes it back and forth, each of them may by chance. */
const looksWanted = 12;
/** A row that is always on its way is not waited for without end. */
const mostMarks = 20;
/** Between two looks: at random, so as not to keep step with a writer that changes a row back and forth. */
const pauseMs = { least: 30, most: 250 };

/**
 * Tells rows that differ for good from rows whose change is on its way through the binlog. When the copy has passed a
 * mark, it holds all that the original held when the mark was set: a row that was not written since, and is not equal,
 * is different. That a row was not written shows in looks all the while: one that is written back and forth (a flag, a
 * row that is deleted and inserted again) looks the same now and then, and does not at every look of several marks.
 * One look at which both rows are equal is enough to clear a row: what follows comes through the binlog.
 */
export async function settleSuspects(
  suspicions: readonly Suspicion[],
  { reader, caughtUp }: { reader: Reader; caughtUp(): Promise<void> },
): Promise<Settled> {
  const settled: { differences: Difference[]; looks: number } = { differences: [], looks: 0 };
  let open = suspicions.map(firstSeen);
  const look = async () => {
    settled.looks += open.reduce((sum, { rows }) => sum + rows.size, 0);
    const again: OpenSide[] = [];
    for (const one of open) again.push(await seenAgain(one, reader));
    open = again;
  };
  for (let mark = 0; open.some(({ rows }) => rows.size > 0) && mark < mostMarks; mark++) {
    await until(caughtUp(), look, reader.signal);
    await look();
    for (const one of open) settled.differences.push(...passMark(one));
  }
  const restless = open.flatMap(({ row, rows }) =>
    [...rows.values()].map(({ suspect }) => keyOf(row, suspect)),
  );
  return { ...settled, restless };
}

interface OpenSide extends Pick<Suspicion, 'side' | 'row'> {
  rows: Map<string, { suspect: Suspect; marks: number; looks: number }>;
}

function firstSeen({ side, row, suspects }: Suspicion): OpenSide {
  const rows = suspects.map(
    (suspect) => [identityOf(row, suspect), { suspect, marks: 0, looks: 1 }] as const,
  );
  return { side, row, rows: new Map(rows) };
}

/** Those that still differ; one that was written begins anew, with the mark after the next. */
async function seenAgain({ side, row, rows }: OpenSide, reader: Reader): Promise<OpenSide> {
  const all = [...rows.values()].map(({ suspect }) => suspect);
  const now = await lookAgain(side, row, all, reader);
  const still = [...now].map(([identity, suspect]) => {
    const before = rows.get(identity);
    const same = before?.suspect.content === suspect.content ? before : { marks: -1, looks: 0 };
    return [identity, { suspect, marks: same.marks, looks: same.looks + 1 }] as const;
  });
  return { side, row, rows: new Map(still) };
}

/** @returns rows that have now been seen for long enough; they are taken out */
function passMark({ side, row, rows }: OpenSide): Difference[] {
  const differences: Difference[] = [];
  for (const [identity, found] of rows) {
    found.marks += 1;
    if (found.marks < marksWanted || found.looks < looksWanted) continue;
    differences.push({ what: side.what, key: keyOf(row, found.suspect) });
    rows.delete(identity);
  }
  return differences;
}

/** Looks again and again until something has happened. */
async function until(event: Promise<void>, look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  let happened = false;
  const over = event.finally(() => {
    happened = true;
  });
  over.catch(() => {}); // it is awaited below, where a look does not throw before
  while (!happened) {
    await look();
    const ms = pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least);
    await Promise.race([over, sleep(ms, undefined, { signal })]);
  }
  await over;
}

/** A row that was different when it was looked at: by its key, with what it held then. */
interface Suspect {
  place: Place;
  content: string;
}

/** So many rows are asked for by one statement. */
const groupSize = 100;

/**
 * The rows of a part that differ at the moment of the statement. The condition stands in HAVING, for in WHERE the server
 * may make a join of it that reads the whole other table for each part (manual, "Optimizing Subqueries … with Semijoin
 * and Antijoin Transformations").
 */
export async function findSuspects(
  side: Side,
  row: Walk,
  from: string,
  most: number,
  reader: Reader,
  limitMs?: number,
): Promise<Suspect[]> {
  const keys = row.steps.map(({ sql }, at) => `${sql} AS k${at}`).join(', ');
  const rows = await reader.select<Record<string, unknown>>(
    `${keys}, ${side.content} AS content, ${side.suspicious} AS suspicious FROM ${from} HAVING suspicious LIMIT ${most}`,
    limitMs,
  );
  return rows.map((found) => ({
    place: row.steps.map((_, at) => found[`k${at}`]),
    content: String(found.content),
  }));
}

/** Looks at suspects again. @returns those that differ now, by `identityOf` */
async function lookAgain(
  side: Side,
  row: Walk,
  suspects: readonly Suspect[],
  reader: Reader,
): Promise<Map<string, Suspect>> {
  const still = new Map<string, Suspect>();
  for (let at = 0; at < suspects.length; at += groupSize) {
    const group = suspects.slice(at, at + groupSize);
    const any = group.map(({ place }) => `(${rowAt(row, place)})`).join(' OR ');
    const from = `${fromTable(side.table, row.index)} WHERE (${any})`;
    for (const found of await findSuspects(side, row, from, groupSize, reader)) {
      still.set(identityOf(row, found), found);
    }
  }
  return still;
}

/** Two rows never have the same. */
function identityOf({ steps }: Walk, { place }: Suspect): string {
  return steps.map(({ literal }, at) => literal(place[at])).join(',');
}

/** `id=5`: for people, and cut where it is long. */
function keyOf({ steps }: Walk, { place }: Suspect): string {
  return steps.map(({ name }, at) => `${name}=${shown(place[at])}`).join(', ');
}

function rowAt({ steps }: Walk, place: Place): string {
  return steps.map(({ sql, literal }, at) => `${sql} = ${literal(place[at])}`).join(' AND ');
}

export interface Comparison {
  rowsCompared: number;
  differences: readonly Difference[];
  /** Keys of rows that were written at each look: nothing can be said of them. */
  restless: readonly string[];
  /** How often a row was looked at again, since it differed at first. */
  looksAgain: number;
}
