/** What a sample of so many rows took. */
export interface Timed {
  rows: number;
  ms: number;
}

/** More than this is no fixed cost of an ALTER (20 to 100 ms were measured), but noise in the smaller sample. */
const fixedLimitMs = 150;

/**
 * What the whole table will take, by samples of one or two sizes: a fixed cost and one for each row, which grows with the depth of
 * the trees and the passes of the sort. Of samples of about the same size the quicker counts: others on the server can only hold
 * a statement up.
 * @param growth by which part a row gets dearer each time the table is twice as large as the larger sample
 * @returns milliseconds; undefined where nothing was timed
 */
export function extrapolate(timed: readonly Timed[], rows: number, growth: number): number | undefined {
  const known = timed.filter((each) => each.rows > 0 && each.ms > 0);
  const most = Math.max(...known.map((each) => each.rows));
  const large = quickest(known.filter((each) => each.rows * sameSize > most));
  const small = quickest(known.filter((each) => each.rows * sameSize <= most));
  if (large === undefined) return undefined;
  const { fixedMs, perRowMs } = small === undefined ? proportional(large) : line(small, large);
  const doublings = Math.max(0, Math.log2(rows / large.rows));
  return fixedMs + perRowMs * rows * (1 + growth * doublings);
}

/** Samples that differ by less say nothing of a fixed cost. */
const sameSize = 1.5;

function quickest(timed: readonly Timed[]): Timed | undefined {
  const [first] = [...timed].sort((a, b) => a.ms / a.rows - b.ms / b.rows);
  return first;
}

function proportional({ rows, ms }: Timed) {
  return { fixedMs: 0, perRowMs: ms / rows };
}

/** Through two points; where more rows took less time they say nothing of a fixed cost. */
function line(small: Timed, large: Timed) {
  if (large.ms <= small.ms) return proportional(large);
  const slope = (large.ms - small.ms) / (large.rows - small.rows);
  const fixedMs = Math.min(fixedLimitMs, Math.max(0, small.ms - slope * small.rows));
  return { fixedMs, perRowMs: Math.max(0, large.ms - fixedMs) / large.rows };
}
