import { setTimeout as sleep } from 'node:timers/promises';
import type { Reader } from '../../plan/checks/rows/reader.js';
import type { Walk } from '../../plan/checks/rows/walk.js';
import type { Side } from './sides.js';
import { identityOf, keyOf, lookAgain, type Suspect } from './suspects.js';

export interface Settled {
  /** Keys of rows that stay different. */
  different: readonly string[];
  /** Keys of rows that were written at each look: nothing can be said of them. */
  restless: readonly string[];
  /** How many rows were looked at again. */
  looks: number;
}

/** Marks that the copy has to pass while a row is neither written nor equal. */
const marksWanted = 3;
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
  side: Side,
  row: Walk,
  suspects: readonly Suspect[],
  { reader, caughtUp }: { reader: Reader; caughtUp(): Promise<void> },
): Promise<Settled> {
  const different: string[] = [];
  let open = new Map(suspects.map((suspect) => [identityOf(row, suspect), { suspect, marks: 0 }]));
  let looks = 0;
  const look = async () => {
    looks += open.size;
    const all = [...open.values()].map(({ suspect }) => suspect);
    const now = await lookAgain(side, row, all, reader);
    open = new Map(
      [...now].map(([identity, suspect]) => {
        const before = open.get(identity);
        const same = before?.suspect.content === suspect.content;
        return [identity, { suspect, marks: same ? (before?.marks ?? -1) : -1 }];
      }),
    );
  };
  for (let mark = 0; open.size > 0 && mark < mostMarks; mark++) {
    await until(caughtUp(), look, reader.signal);
    await look();
    for (const [identity, found] of open) {
      found.marks += 1;
      if (found.marks < marksWanted) continue;
      different.push(keyOf(row, found.suspect));
      open.delete(identity);
    }
  }
  return { different, restless: [...open.values()].map(({ suspect }) => keyOf(row, suspect)), looks };
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
