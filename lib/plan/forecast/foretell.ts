import type { Durations } from '../durations.js';
import type { CostClass, DurationRange } from '../plan.js';
import { extrapolate } from './extrapolate.js';
import type { Correction } from './history.js';
import type { Sample } from './sample.js';

export type Way = CostClass | 'gh-ost';

export interface ForetoldFrom {
  class: CostClass;
  sample: Sample;
  /** Rows of the table, and whether they are known better than by the server's estimate. */
  rows: number;
  rowsKnown: boolean;
  /** The table, or what is made of it, may not fit into the buffer pool. */
  largerThanMemory: boolean;
  writesPerSecond?: number;
  /** By general rates. */
  rates: Durations;
  corrections: Readonly<Partial<Record<Way, Correction>>>;
}

/** gh-ost starts, looks, waits for the first and the last of its timers, and swaps: measured on empty tables. */
const ghostFixedMs = 3_000;
/** Sessions, the look for old transactions, and the lock before and after a direct ALTER. */
const directFixedMs = 60;

/**
 * What a sample does not show: it is over before the flushing of dirty pages sets in, and its trees and sorts are small. Rows get
 * dearer by `growth` each time the table is twice as large as the sample; all of it by `factor`.
 */
const corrections = {
  'gh-ost': { factor: 1.4, growth: 0 },
  scan: { factor: 1, growth: 0.08 },
  rebuild: { factor: 1, growth: 0.06 },
  shared: { factor: 1, growth: 0.06 },
  copy: { factor: 1, growth: 0.12 },
  'online-copy': { factor: 1, growth: 0.12 },
} as const;

/** Around the middle: 0.6 to 1.4 times of it. */
const spread = 0.4;
const widerSpread = 0.6;

/**
 * Row changes a second that gh-ost applies in batches of 100 (measured; `--panic-on-warnings` on). They go before the copy.
 */
const drainPerSecond = 4_400;
/** Above this share of its time there is no telling when the copy would be over. */
const drainLimit = 0.9;

/** The durations of the sampled ways, and of one that was not sampled by its relation to the other. Pure. */
export function foretell(from: ForetoldFrom): Durations {
  const { sample, rates } = from;
  const direct = sample.direct && directMs(from, sample.direct);
  const ghost = sample.ghost && ghostMs(from, sample.ghost.rows > 0 ? [sample.ghost] : []);
  const derived = (of: Way, by: Way, ms: number | undefined) => scaled(rates[of], rates[by], ms);
  const directRange =
    direct === undefined ? derived(from.class, 'gh-ost', ghost) : around(from, from.class, direct);
  const ghostRange =
    ghost === undefined ? derived('gh-ost', from.class, direct) : around(from, 'gh-ost', ghost);
  const { 'gh-ost': _, ...others } = rates;
  return {
    ...others,
    ...(directRange && { [from.class]: directRange }),
    ...(ghostRange && !neverEnds(from) && { 'gh-ost': ghostRange }),
  };
}

/** Rows are changed about as fast as gh-ost can follow. */
export function neverEnds({ writesPerSecond = 0 }: Pick<ForetoldFrom, 'writesPerSecond'>): boolean {
  return writesPerSecond / drainPerSecond > drainLimit;
}

function directMs(from: ForetoldFrom, timed: NonNullable<Sample['direct']>): number | undefined {
  const { factor, growth } = corrections[from.class as keyof typeof corrections] ?? corrections.copy;
  const ms = extrapolate(timed, from.rows, growth);
  return ms === undefined ? undefined : ms * factor + directFixedMs;
}

function ghostMs(from: ForetoldFrom, timed: NonNullable<Sample['direct']>): number | undefined {
  const { factor, growth } = corrections['gh-ost'];
  const ms = extrapolate(timed, from.rows, growth);
  if (ms === undefined) return undefined;
  const share = Math.min(drainLimit, (from.writesPerSecond ?? 0) / drainPerSecond);
  return (ms * factor) / (1 - share) + ghostFixedMs;
}

function around({ rowsKnown, largerThanMemory, corrections: learnt }: ForetoldFrom, way: Way, ms: number) {
  const middle = ms * (learnt[way]?.factor ?? 1);
  const part = rowsKnown && !largerThanMemory ? spread : widerSpread;
  return { low: Math.round(middle * (1 - part)), high: Math.round(middle * (1 + part)) };
}

/** General rates know how the two ways compare, where they do not know how fast this server is. */
function scaled(
  range: DurationRange | undefined,
  known: DurationRange | undefined,
  ms: number | undefined,
): DurationRange | undefined {
  if (range === undefined || known === undefined || ms === undefined) return range;
  const factor = ms / ((known.low + known.high) / 2);
  return { low: Math.round(range.low * factor), high: Math.round(range.high * factor) };
}
