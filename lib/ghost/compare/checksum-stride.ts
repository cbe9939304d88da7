import type { GhostSettings } from '../../settings/settings.js';

/** `sample`: one part of the table out of so many. */
export const sampleStride = 20;
/** `--checksum auto` compares all rows where that takes no longer than this. */
const fullWithinMs = 30 * 60_000;
/** What a server with something else to do compares (measured: 125,000 rows a second where two cores were busy). */
const rowsPerSecond = 100_000;
/** Wide rows take longer than narrow ones. */
const bytesPerSecond = 50e6;

/**
 * Every how many parts of a table one is compared; 1: all.
 * @param forecastMs of all rows; absent where it is not known
 */
export function strideFor(checksum: GhostSettings['checksum'], forecastMs: number | undefined): number {
  if (checksum !== 'auto') return checksum === 'full' ? 1 : sampleStride;
  return forecastMs !== undefined && forecastMs <= fullWithinMs ? 1 : sampleStride;
}

/** How long the comparison of all rows may take, before one of them was compared. */
export function forecastMs(rows: number | undefined, bytes = 0): number | undefined {
  return rows === undefined ? undefined : 1_000 * Math.max(rows / rowsPerSecond, bytes / bytesPerSecond);
}
