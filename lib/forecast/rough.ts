import type { CostClass, DurationRange } from '../documents/plan.js';
import type { ServerFacts } from '../inspect/server.js';
import type { RowCount, TableSize } from '../inspect/size.js';

/** Predicted durations, by what the server or gh-ost would do; absent where the rows are not known. */
export type Durations = Readonly<Partial<Record<CostClass | 'gh-ost', DurationRange>>>;

/** Rows a second on a table of about 330 bytes a row with two indexes, 2 cores, warm (measured). */
const rates = {
  mysql: { scan: 360_000, rebuild: 90_000, copy: 42_000, 'gh-ost': 24_000 },
  mariadb: { scan: 700_000, rebuild: 240_000, copy: 93_000, 'gh-ost': 43_000 },
} as const;

const measuredBytesPerRow = 330;
const metadataMs: DurationRange = { low: 5, high: 200 };
/** gh-ost's own beginning and end: a second each of waiting, and connecting. */
const ghostFixedMs = 3_000;

/**
 * Rough durations from general rates, as a range of a factor of four: good for choosing an engine and for
 * saying "seconds", "minutes" or "hours", not more.
 */
export function predictDurations(
  server: ServerFacts,
  size: TableSize,
  rows: RowCount | undefined,
): Durations {
  const cheap = { instant: metadataMs, metadata: metadataMs };
  if (rows === undefined) return cheap;
  const bytes = (size.dataBytes ?? 0) + (size.indexBytes ?? 0);
  // Wide rows cost by their bytes, narrow ones by their number.
  const units = Math.max(rows.count, bytes / measuredBytesPerRow);
  const rate = rates[server.flavor === 'mariadb' ? 'mariadb' : 'mysql'];
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
