import { rowAlias } from '../../plan/checks/question.js';
import type { GiveWay } from '../../plan/checks/rows/load.js';
import { cutterFor } from '../../plan/checks/rows/parts.js';
import type { Reader } from '../../plan/checks/rows/reader.js';
import { shown } from '../../plan/checks/rows/tally.js';
import { type Place, type Walk, walkOf } from '../../plan/checks/rows/walk.js';
import { quoteTable } from '../../sql/quote.js';
import { type Copy, type Side, sidesOf } from './sides.js';

/** A row that stays different, by its key. */
export interface Difference {
  what: Side['what'];
  /** `id=5` */
  key: string;
}

export interface Comparison {
  rowsCompared: number;
  differences: readonly Difference[];
  /** Rows that were written at each look, or the copy did not catch up: nothing can be said of them. */
  restless: number;
}

export interface CompareContext {
  reader: Reader;
  giveWay: GiveWay;
  /** Every how many parts of the table one is compared; 1: all. */
  stride: number;
  /** Waits until everything has reached the copy that was in the original when it was called; false: it did not. */
  caughtUp(): Promise<boolean>;
  tell(rowsCompared: number): void;
}

/** A part should take about this long. */
const targetMs = 300;
/** What is behind is some rows; a copy that is broken has many, of which these are enough to say so. */
const mostSuspects = 2_000;
const mostLooks = 12;

/**
 * Compares a table with its copy, row by row over the columns that they share, converted to what they become. Each
 * statement sees both tables at one moment. The copy is behind by what is on its way through the binlog, so a row
 * that differs is only a suspect: it is looked at again after the applier has passed a fresh mark, and is a difference
 * if it still differs although the original was not written in between.
 */
export async function compareCopy(copy: Copy, context: CompareContext): Promise<Comparison> {
  const differences: Difference[] = [];
  let rowsCompared = 0;
  let restless = 0;
  for (const side of sidesOf(copy)) {
    const walk = walkOf(side.shape);
    if (walk === undefined) throw new Error(`no key to compare ${side.table.name} along`);
    const found = await suspectsOf(side, walk, context, (rows) => {
      if (side.what === 'lost') rowsCompared += rows;
      context.tell(rowsCompared);
    });
    const settled = await settle(side, walk, found, context);
    differences.push(...settled.differences);
    restless += settled.restless;
  }
  return { rowsCompared, differences, restless };
}

/** A row by its key, and what it held when it was looked at. */
interface Suspect {
  place: Place;
  content: string;
}

async function suspectsOf(
  side: Side,
  walk: Walk,
  { reader, giveWay, stride }: CompareContext,
  tell: (rows: number) => void,
): Promise<Suspect[]> {
  const suspects: Suspect[] = [];
  const cutter = await cutterFor(side.table, walk, undefined, reader);
  let size = cutter.firstSize;
  for (let index = 0; suspects.length < mostSuspects; index++) {
    const part = await cutter.next(size);
    if (part === undefined) break;
    const start = performance.now();
    const [count] = await reader.select<{ n: number }>(`COUNT(*) AS n FROM ${part.from}`);
    const rows = Number(count?.n ?? 0);
    if (index % stride === 0) {
      suspects.push(...(await look(side, walk, `${part.from} AND ${side.suspicious}`, reader)));
      tell(rows);
    }
    cutter.pass(rows);
    const tookMs = performance.now() - start;
    await giveWay(tookMs);
    size *= Math.min(4, Math.max(0.25, targetMs / Math.max(tookMs, 1)));
  }
  return suspects;
}

async function look(side: Side, walk: Walk, from: string, reader: Reader): Promise<Suspect[]> {
  const keys = walk.steps.map(({ sql }, at) => `${sql} AS k${at}`).join(', ');
  const rows = await reader.select<Record<string, unknown>>(
    `${keys}, ${side.content} AS content FROM ${from} LIMIT ${mostSuspects}`,
  );
  return rows.map((row) => ({
    place: walk.steps.map((_, at) => row[`k${at}`]),
    content: String(row.content),
  }));
}

/** Looks at suspects again until each is the same on both sides, is a difference, or has had its looks. */
async function settle(
  side: Side,
  walk: Walk,
  found: readonly Suspect[],
  { reader, caughtUp }: CompareContext,
): Promise<{ differences: Difference[]; restless: number }> {
  const differences: Difference[] = [];
  let open = found;
  for (let looks = 0; open.length > 0 && looks < mostLooks; looks++) {
    if (!(await caughtUp())) break;
    const still: Suspect[] = [];
    for (const suspect of open) {
      const [now] = await look(
        side,
        walk,
        `${rowAt(side, walk, suspect.place)} AND ${side.suspicious}`,
        reader,
      );
      if (now === undefined) continue;
      // Two marks, for what the applier is at when the first is passed; a row that is only in the copy may come and go.
      const isSettled = now.content === suspect.content && looks >= (side.what === 'lost' ? 1 : 2);
      if (isSettled) differences.push({ what: side.what, key: label(walk, suspect.place) });
      else still.push(now);
    }
    open = still;
  }
  return { differences, restless: open.length };
}

function rowAt({ table }: Side, { steps }: Walk, place: Place): string {
  const same = steps.map(({ sql, literal }, at) => `${sql} = ${literal(place[at])}`).join(' AND ');
  return `${quoteTable(table)} AS ${rowAlias} WHERE ${same}`;
}

function label({ steps }: Walk, place: Place): string {
  return steps.map(({ name }, at) => `${name}=${shown(place[at])}`).join(', ');
}
