/** What a sample of so many rows took. */
export interface Timed {
  rows: number;
  ms: number;
}

/** More than this is no fixed cost of an ALTER (20 to 100 ms were measured), but noise in the smaller sample. */
const fixedLimitMs = 150;

/**
 * What the whole table will take, by one sample or by two of different sizes: a fixed cost and one for each row,
 * which grows with the depth of the trees and the passes of the sort.
 * @param growth by which part a row gets dearer each time the table is twice as large as the larger sample
 * @returns milliseconds; undefined where nothing was timed
 */
export function extrapolate(timed: readonly Timed[], rows: number, growth: number): number | undefined {
  const [small, large] = [...timed].filter((each) => each.rows > 0 && each.ms > 0).sort(bySize);
  if (small === undefined) return undefined;
  const { fixedMs, perRowMs } = large === undefined ? proportional(small) : line(small, large);
  const doublings = Math.max(0, Math.log2(rows / (large ?? small).rows));
  return fixedMs + perRowMs * rows * (1 + growth * doublings);
}

function bySize(a: Timed, b: Timed): number {
  return a.rows - b.rows;
}

function proportional({ rows, ms }: Timed) {
  return { fixedMs: 0, perRowMs: ms / rows };
}

/** Through two points; samples that are too much alike, or where more rows took less time, say nothing of a fixed cost. */
function line(small: Timed, large: Timed) {
  if (large.rows < 1.5 * small.rows || large.ms <= small.ms) return proportional(large);
  const slope = (large.ms - small.ms) / (large.rows - small.rows);
  const fixedMs = Math.min(fixedLimitMs, Math.max(0, small.ms - slope * small.rows));
  return { fixedMs, perRowMs: Math.max(0, large.ms - fixedMs) / large.rows };
}
