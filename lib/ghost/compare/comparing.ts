import { performance } from 'node:perf_hooks';
import type { Emit } from '../../progress/event.js';

export interface ComparingMeter {
  /** @param compared rows of the original @param passed rows of both tables that are behind */
  passed(compared: number, passed: number): void;
  standsStill(why: string): void;
  /** For the copy, which has so many changes still to take over. */
  waitsFor(backlog: number): void;
  /** From its start to its end, at the pace until now; absent where it is too early to say. */
  forecastMs(): number | undefined;
}

/** Before that a rate says nothing. */
const leastMs = 1_000;
const leastForForecastMs = 10_000;
/** A usual wait takes two to three seconds. */
const longWaitMs = 5_000;

/**
 * Tells how far a comparison is. Both tables are read through, so that half of the way is behind when all rows of the
 * original are.
 * @param rows of the table, as far as that is known
 */
export function comparing(table: string, rows: number | undefined, emit: Emit): ComparingMeter {
  const start = performance.now();
  let behind = { compared: 0, passed: 0 };
  let standingMs = 0;
  let waitsSince: number | undefined;
  const tell = (throttled?: string) => {
    const elapsedMs = performance.now() - start;
    const { compared, passed } = behind;
    const total = rows === undefined ? undefined : Math.max(2 * rows, passed);
    const rate = elapsedMs < leastMs ? undefined : passed / (elapsedMs - standingMs);
    const leftMs = total === undefined || !rate ? undefined : (total - passed) / rate;
    emit({
      type: 'progress',
      table,
      phase: 'verify',
      elapsedMs: Math.round(elapsedMs),
      rowsCopied: compared,
      ...(rows !== undefined && { rowsTotal: Math.max(rows, compared) }),
      ...(total && { percent: Math.min(99, Math.round((1_000 * passed) / total) / 10) }),
      ...(rate && { rowsPerSecond: Math.round(1_000 * rate) }),
      ...(leftMs && throttled === undefined && { etaMs: Math.round(leftMs) }),
      ...(throttled !== undefined && { throttled }),
    });
  };
  let toldAt = start;
  return {
    forecastMs() {
      const elapsedMs = performance.now() - start;
      if (rows === undefined || behind.passed === 0 || elapsedMs < leastForForecastMs) return undefined;
      return (elapsedMs * Math.max(2 * rows, behind.passed)) / behind.passed;
    },
    passed(compared, passed) {
      behind = { compared, passed };
      waitsSince = undefined;
      toldAt = performance.now();
      tell();
    },
    standsStill(why) {
      const now = performance.now();
      standingMs += Math.min(now - toldAt, leastMs);
      toldAt = now;
      tell(why);
    },
    waitsFor(backlog) {
      const now = performance.now();
      waitsSince ??= now;
      if (now - waitsSince < longWaitMs || now - toldAt < leastMs) return;
      toldAt = now;
      tell(`gh-ost has ${backlog} changes still to apply`);
    },
  };
}
