import type { CostClass, DurationRange } from '../documents/plan.js';
import type { Flavor } from '../inspect/capabilities.js';
import type { Correction } from './history.js';
import type { Durations } from './rough.js';
import { extrapolate, type Sample } from './sample.js';

export type Way = CostClass | 'gh-ost';

export interface ForetoldFrom {
  flavor: Flavor;
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
 * What a sample does not show: it is over before the flushing of dirty pages sets in, its trees and sorts are small, and its pages
 * have just been written. All of it is multiplied by `factor`; rows get dearer by `growth` each time the table is twice as large as
 * the sample. From `npm run bench -- forecast`, and from the measurements on MySQL 9.7 and MariaDB 10.11 before it.
 */
const calibration = {
  mysql: {
    scan: { factor: 0.9, growth: 0.04 },
    rebuild: { factor: 0.85, growth: 0.03 },
    copy: { factor: 0.9, growth: 0.12 },
  },
  mariadb: {
    scan: { factor: 1, growth: 0.05 },
    rebuild: { factor: 1.2, growth: 0.04 },
    copy: { factor: 1, growth: 0.06 },
  },
} as const;

/** Of a copied chunk, the same on both servers. */
const ghostFactor = 1.4;

function calibrationOf({ flavor, class: costClass }: ForetoldFrom) {
  const known = calibration[flavor === 'mariadb' ? 'mariadb' : 'mysql'];
  if (costClass === 'scan') return known.scan;
  return costClass === 'rebuild' || costClass === 'shared' ? known.rebuild : known.copy;
}

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
  const { factor, growth } = calibrationOf(from);
  const ms = extrapolate(timed, from.rows, growth);
  return ms === undefined ? undefined : ms * factor + directFixedMs;
}

function ghostMs(from: ForetoldFrom, timed: NonNullable<Sample['direct']>): number | undefined {
  const ms = extrapolate(timed, from.rows, 0);
  if (ms === undefined) return undefined;
  const share = Math.min(drainLimit, (from.writesPerSecond ?? 0) / drainPerSecond);
  return (ms * ghostFactor) / (1 - share) + ghostFixedMs;
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
