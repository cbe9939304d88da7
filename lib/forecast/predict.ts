import type { CostClass, DurationRange } from '../documents/plan.js';
import type { StrategyName } from '../documents/strategies.js';
import type { Flavor, ServerIdentity } from '../inspect/capabilities.js';
import type { RowCount, TableSize } from '../inspect/table.js';

/** What the server would do by itself, or gh-ost. */
export type Way = CostClass | 'gh-ost';

/** What durations are known by: those of a direct ALTER by what the server does. */
export function wayOf(strategy: StrategyName, costClass: CostClass): Way {
  return strategy === 'gh-ost' ? strategy : costClass;
}

/** Predicted durations of each way; absent if the row count is unknown. */
export type Durations = Readonly<Partial<Record<Way, DurationRange>>>;

/** How long it took to change so many rows. */
export interface Timing {
  rows: number;
  ms: number;
}

/** What changing copies of a part of the table took. */
export interface Sample {
  /** The row copy of gh-ost; absent if it was not sampled. */
  ghost?: Timing;
  /** The change itself on copies of different sizes; absent if it was not sampled. */
  direct?: readonly Timing[];
  /** Rows of the table, if the sample tells. */
  rows?: number;
}

/** Rows a second on a table of about 330 bytes a row with two indexes, 2 cores, warm (measured). */
const rates = {
  mysql: { scan: 360_000, rebuild: 90_000, copy: 42_000, 'gh-ost': 24_000 },
  mariadb: { scan: 700_000, rebuild: 240_000, copy: 93_000, 'gh-ost': 43_000 },
} as const;

const measuredBytesPerRow = 330;
const metadataMs: DurationRange = { low: 5, high: 200 };
/** gh-ost starts, inspects, waits for the first and the last of its timers, and cuts over: measured on empty tables. */
const ghostFixedMs = 3_000;
/** Sessions, the look for old transactions, and the lock before and after a direct ALTER. */
const directFixedMs = 60;

/** By general rates, as a range of a factor of four: good for choosing an engine and for "seconds", "minutes" or "hours". */
export function predictDurations(
  { flavor }: Pick<ServerIdentity, 'flavor'>,
  size: TableSize,
  rows: RowCount | undefined,
): Durations {
  const cheap = { instant: metadataMs, metadata: metadataMs };
  if (rows === undefined) return cheap;
  const bytes = (size.dataBytes ?? 0) + (size.indexBytes ?? 0);
  // Wide rows cost by their bytes, narrow ones by their number.
  const units = Math.max(rows.count, bytes / measuredBytesPerRow);
  const rate = rates[flavor === 'mariadb' ? 'mariadb' : 'mysql'];
  const range = (perSecond: number, fixedMs = 50): DurationRange => {
    const middle = (units / perSecond) * 1000;
    return { low: Math.round(middle / 2), high: Math.round(middle * 2 + fixedMs) };
  };
  const copy = range(rate.copy);
  const ghost = range(rate['gh-ost'], ghostFixedMs);
  return {
    ...cheap,
    scan: range(rate.scan),
    rebuild: range(rate.rebuild),
    shared: range(rate.rebuild),
    copy,
    'online-copy': copy,
    'gh-ost': { ...ghost, low: ghost.low + ghostFixedMs / 2 },
  };
}

/** What earlier runs on the server took, against their forecasts. */
export interface Correction {
  factor: number;
  runs: number;
}

/** What a prediction from a sample rests on. */
export interface PredictionBasis {
  flavor: Flavor;
  class: CostClass;
  sample: Sample;
  /** Rows of the table, and whether they are known better than by the server's estimate. */
  rows: number;
  rowsKnown: boolean;
  /** The table, or its copy, may not fit into the buffer pool. */
  largerThanMemory: boolean;
  writesPerSecond?: number;
  /** By general rates. */
  rates: Durations;
  corrections: Readonly<Partial<Record<Way, Correction>>>;
}

/**
 * What a sample does not show: it is over before the flushing of dirty pages sets in, its trees and sorts are small, and its pages
 * have just been written. All of it is multiplied by `factor`; a row costs more by `growth` each time the table is twice as large as
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
/** Around the middle: 0.6 to 1.4 times of it. */
const spread = 0.4;
const widerSpread = 0.6;
/** Row changes a second that gh-ost applies in batches of 100 (measured; `--panic-on-warnings` on). They take precedence over the row copy. */
const appliedPerSecond = 4_400;
/** Above this share of its time there is no telling when the row copy would be over. */
const applyLimit = 0.9;

/** The durations of the sampled ways, and of one that was not sampled by its relation to the other. Pure. */
export function predictFromSample(basis: PredictionBasis): Durations {
  const { sample, rates } = basis;
  const direct = sample.direct && directMs(basis, sample.direct);
  const ghost = sample.ghost && ghostMs(basis, sample.ghost);
  const range = (way: Way, ms: number | undefined, other: Way, otherMs: number | undefined) =>
    ms === undefined ? scaled(rates[way], rates[other], otherMs) : around(basis, way, ms);
  const directRange = range(basis.class, direct, 'gh-ost', ghost);
  const ghostRange = range('gh-ost', ghost, basis.class, direct);
  const { 'gh-ost': _, ...others } = rates;
  return {
    ...others,
    ...(directRange && { [basis.class]: directRange }),
    ...(ghostRange && !cannotKeepUp(basis) && { 'gh-ost': ghostRange }),
  };
}

/** Rows are changed about as fast as gh-ost can follow. */
export function cannotKeepUp({ writesPerSecond = 0 }: Pick<PredictionBasis, 'writesPerSecond'>): boolean {
  return writesPerSecond / appliedPerSecond > applyLimit;
}

function directMs(basis: PredictionBasis, timings: readonly Timing[]): number | undefined {
  const known = calibration[basis.flavor === 'mariadb' ? 'mariadb' : 'mysql'];
  const isRebuild = basis.class === 'rebuild' || basis.class === 'shared';
  const { factor, growth } = basis.class === 'scan' ? known.scan : isRebuild ? known.rebuild : known.copy;
  const ms = extrapolate(timings, basis.rows, growth);
  return ms === undefined ? undefined : ms * factor + directFixedMs;
}

function ghostMs({ rows, writesPerSecond = 0 }: PredictionBasis, timing: Timing): number | undefined {
  const ms = extrapolate([timing], rows, 0);
  const share = Math.min(applyLimit, writesPerSecond / appliedPerSecond);
  return ms === undefined ? undefined : (ms * ghostFactor) / (1 - share) + ghostFixedMs;
}

function around({ rowsKnown, largerThanMemory, corrections }: PredictionBasis, way: Way, ms: number) {
  const middle = ms * (corrections[way]?.factor ?? 1);
  const part = rowsKnown && !largerThanMemory ? spread : widerSpread;
  return { low: Math.round(middle * (1 - part)), high: Math.round(middle * (1 + part)) };
}

/** General rates tell how two ways compare, even if they do not tell how fast this server is. */
function scaled(
  range: DurationRange | undefined,
  known: DurationRange | undefined,
  ms: number | undefined,
): DurationRange | undefined {
  if (range === undefined || known === undefined || ms === undefined) return range;
  const factor = ms / ((known.low + known.high) / 2);
  return { low: Math.round(range.low * factor), high: Math.round(range.high * factor) };
}

/** Samples that differ by less say nothing of a fixed cost. */
const sameSize = 1.5;
/** More than this is no fixed cost of an ALTER (20 to 100 ms were measured), but noise in the smaller sample. */
const fixedLimitMs = 150;

/**
 * What the whole table will take, by samples of one or two sizes: a fixed cost and one for each row, which grows with the depth of
 * the trees and the passes of the sort. Of samples of about the same size the quicker counts: others on the server can only delay
 * a statement.
 * @param growth by which part a row costs more each time the table is twice as large as the larger sample
 * @returns milliseconds; undefined if nothing was timed
 */
export function extrapolate(timings: readonly Timing[], rows: number, growth: number): number | undefined {
  const known = timings.filter((each) => each.rows > 0 && each.ms > 0);
  const most = Math.max(...known.map((each) => each.rows));
  const large = quickest(known.filter((each) => each.rows * sameSize > most));
  const small = quickest(known.filter((each) => each.rows * sameSize <= most));
  if (large === undefined) return undefined;
  const fixedMs = small === undefined ? 0 : fixedCostMs(small, large);
  const perRowMs = (large.ms - fixedMs) / large.rows;
  const doublings = Math.max(0, Math.log2(rows / large.rows));
  return fixedMs + perRowMs * rows * (1 + growth * doublings);
}

function quickest(timings: readonly Timing[]): Timing | undefined {
  return timings.toSorted((a, b) => a.ms / a.rows - b.ms / b.rows)[0];
}

/** Of the line through two points; if more rows took less time, they say nothing of a fixed cost. */
function fixedCostMs(small: Timing, large: Timing): number {
  if (large.ms <= small.ms) return 0;
  const slope = (large.ms - small.ms) / (large.rows - small.rows);
  return Math.min(fixedLimitMs, Math.max(0, small.ms - slope * small.rows), large.ms);
}
